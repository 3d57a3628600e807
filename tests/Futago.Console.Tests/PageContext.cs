using System.Globalization;
using Bunit;
using Futago.Console.Client.Users;
using Futago.Console.Components;
using Futago.Console.Components.Presentation;
using Futago.Console.Tests.Fakes;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace Futago.Console.Tests;

/// <summary>Renders pages and dialogs over the fakes, in English, for an administrator unless a test says otherwise.</summary>
public abstract class PageContext : BunitContext
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;

    protected PageContext()
    {
        UseCulture("en");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddPageServices();
        Node.Register(Services);
        SignInAs(UserRole.Administrator);
    }

    protected FakeNode Node { get; } = new();

    protected DialogService Dialogs => Services.GetRequiredService<DialogService>();

    protected NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    protected static void UseCulture(string name) => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo(name);

    protected void SignInAs(UserRole role) =>
        RenderTree.Add<CascadingValue<UserAccess>>(p => p.Add(c => c.Value, new UserAccess("admin", role)));

    /// <summary>A page together with the place where its dialogs appear.</summary>
    protected IRenderedComponent<TPage> RenderPage<TPage>(Action<ComponentParameterCollectionBuilder<TPage>>? parameters = null) where TPage : IComponent =>
        Render<TPage>(parameters ?? (_ => { }));

    protected override void Dispose(bool disposing)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = _before;
        base.Dispose(disposing);
    }
}

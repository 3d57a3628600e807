using Futago.Console.Components.Presentation;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;

namespace Futago.Console.Components.Layout;

/// <summary>The shell around every page after sign-in.</summary>
public sealed partial class MainLayout
{
    private ErrorBoundary? _boundary;
    private UserAccess _access = UserAccess.None;

    [CascadingParameter]
    public required Task<AuthenticationState> Authentication { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        _access = UserAccess.Of((await Authentication).User);
        // A page that failed must not take the next one with it.
        _boundary?.Recover();
    }
}

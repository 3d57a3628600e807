using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Futago.Console.Components;

/// <summary>The document around every page.</summary>
public sealed partial class App
{
    private const string ThemeCookie = "futago.theme";

    // Not prerendered: what one sees is what one can click, and no list is read twice.
    private static readonly InteractiveServerRenderMode Interactive = new(prerender: false);

    [CascadingParameter]
    public required HttpContext Context { get; init; }

    private IComponentRenderMode? Mode => Context.AcceptsInteractiveRouting() ? Interactive : null;

    /// <summary>What the person chose; null follows the browser.</summary>
    private string? Theme => Context.Request.Cookies[ThemeCookie] is "light" or "dark" ? Context.Request.Cookies[ThemeCookie] : null;

    private string ReturnUrl => Context.Request.Path + Context.Request.QueryString;

    private string MediaOf(string theme) =>
        Theme is null ? $"(prefers-color-scheme: {theme})" : Theme == theme ? "all" : "not all";
}

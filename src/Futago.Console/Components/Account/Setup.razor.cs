using Futago.Console.Security;
using Microsoft.AspNetCore.Components;

namespace Futago.Console.Components.Account;

/// <summary>The first visit: creates the administrator.</summary>
public sealed partial class Setup
{
    [CascadingParameter]
    public HttpContext? Context { get; set; }

    [SupplyParameterFromQuery]
    public string? Error { get; set; }

    /// <summary>From another machine the one-time code that the node printed proves that one may set it up.</summary>
    private bool CodeNeeded => SetupCode.IsNeeded(Context?.Connection.RemoteIpAddress);
}

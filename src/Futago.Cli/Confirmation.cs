using Futago.Engine.Contracts;

namespace Futago.Cli;

/// <summary>The informed yes before something is lost: the name typed again on a terminal, or <c>--yes</c>.</summary>
internal static class Confirmation
{
    /// <param name="doing">What is about to happen: "Destroying the volume group vg00".</param>
    /// <param name="name">What a person has to type.</param>
    /// <param name="losses">What will be gone and who is disturbed, one line each.</param>
    /// <exception cref="ProblemException">Nobody can be asked, or the answer was not the name. Nothing was sent.</exception>
    public static async Task RequireAsync(Invocation call, bool yes, string doing, string name, Func<Task<IReadOnlyList<string>>>? losses = null)
    {
        if (yes)
            return;
        if (!call.Environment.IsTerminal)
            throw ProblemException.Conflict(ProblemCodes.ConfirmationMismatch, $"{doing} cannot be undone and nobody can be asked here: add --yes to do it.", "confirm");
        var error = call.Environment.Error;
        error.WriteLine($"{doing} cannot be undone.");
        foreach (var line in losses is null ? [] : await losses())
            error.WriteLine($"  {line}");
        error.Write($"Type {name} to go on: ");
        var typed = (await call.Environment.Input.ReadLineAsync(call.Cancellation))?.Trim();
        if (typed != name)
            throw ProblemException.Conflict(ProblemCodes.ConfirmationMismatch, "The name was not repeated: nothing was changed.", "confirm");
    }
}

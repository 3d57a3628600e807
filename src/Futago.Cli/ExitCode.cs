namespace Futago.Cli;

/// <summary>What scripts test. Append only.</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command was understood, but it was refused or failed; nothing was changed unless it says so.</summary>
    public const int Failed = 1;

    /// <summary>The command was not understood; nothing was sent.</summary>
    public const int Usage = 2;
}

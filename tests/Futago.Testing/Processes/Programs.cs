using System.Diagnostics;

namespace Futago.Testing.Processes;

/// <summary>How test.sh has the product's own programs started. A benchmark, or a test by itself, starts them as an administrator does.</summary>
public static class Programs
{
    /// <summary>What run.sh publishes: compiled ahead of time, it starts sooner than what was built with the tests. Null: nobody said where.</summary>
    public static string? Directory { get; } = Environment.GetEnvironmentVariable("FUTAGO_PROGRAMS") is { Length: > 0 } directory ? directory : null;

    /// <summary>
    /// They run for seconds: compiled ahead of time is good enough, and to compile once more what is called often costs more than it gains. (Not for the
    /// tests themselves, some of which compute for minutes.)
    /// </summary>
    public static void Prepare(ProcessStartInfo start)
    {
        if (Directory is not null)
            start.Environment["DOTNET_TC_CallCounting"] = "0";
    }
}

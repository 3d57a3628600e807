namespace Futago.DataReplication.Runs;

/// <param name="StateDirectory">Where runs are kept until their results have been taken.</param>
/// <param name="RuntimeDirectory">For configuration and lock files of rsync daemons; only root can look into it.</param>
/// <param name="RetryPauses">Before the second, third, … attempt when the network or the agent went away.</param>
public sealed record RunOptions(string StateDirectory, string RuntimeDirectory, IReadOnlyList<TimeSpan> RetryPauses)
{
    public static IReadOnlyList<TimeSpan> DefaultRetryPauses { get; } =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(45), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5)];
}

using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Iscsi;
using Futago.Engine.Contracts.Node;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Cli.Output;

/// <summary>What <c>futago status --json</c> writes: the one document that this command makes itself, from what still answers.</summary>
/// <param name="ConsoleProblem">Why the console does not answer; null when it does.</param>
/// <param name="EngineProblem">Why the engine does not answer; null when it does.</param>
/// <param name="DatabaseReachable">Null when the console cannot be asked.</param>
internal sealed record StatusReport(
    string? NodeName,
    bool ConsoleReachable,
    Problem? ConsoleProblem,
    bool? DatabaseReachable,
    bool EngineReachable,
    Problem? EngineProblem,
    NodeStatus? Engine,
    IReadOnlyList<GroupInfo> Groups,
    IReadOnlyList<VolumeInfo> Volumes,
    IReadOnlyList<TargetStatus> Targets);

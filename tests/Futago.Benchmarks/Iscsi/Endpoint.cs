namespace Futago.Benchmarks.Iscsi;

/// <summary>A LUN 1 to measure, and the process that serves it.</summary>
public sealed record Endpoint(string Portal, string Target, int ServerPid);

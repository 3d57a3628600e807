namespace Futago.Benchmarks.Iscsi;

/// <summary>A LUN 1 to measure, and the process that serves it.</summary>
/// <param name="File">What is served, in the mount namespace of the node; empty when nobody asks for it.</param>
public sealed record Endpoint(string Portal, string Target, int ServerPid, string File = "");

namespace Futago.Iscsi;

/// <param name="Connections">All, also those in the login phase.</param>
/// <param name="Resting">Those that have had nothing to do for a while.</param>
/// <param name="RestsAfterWork">How often a connection has come to rest after more than a sign of life, since the server was started.</param>
public readonly record struct ConnectionActivity(int Connections, int Resting, long RestsAfterWork);

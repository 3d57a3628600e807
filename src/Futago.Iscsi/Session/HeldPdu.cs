using Futago.Iscsi.FullFeature;

namespace Futago.Iscsi.Session;

/// <summary>
/// A place in the command order that is taken but whose turn has not come: a command, another PDU (kept as a copy), or nothing
/// (a command that was aborted before its turn).
/// </summary>
/// <param name="CompletesWindow">The place gives its room in the window back when its turn comes.</param>
internal sealed record HeldPdu(FullFeaturePhase Phase, TaskSlot? Task, byte[]? Header, byte[]? Data, bool CompletesWindow);

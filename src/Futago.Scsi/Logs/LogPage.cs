using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Logs;

/// <param name="Number">PARAMETER CODE.</param>
/// <param name="Value">The parameter without its header.</param>
internal readonly record struct LogParameter(ushort Number, byte[] Value);

/// <summary>One log page, SPC-4 section 7.3.</summary>
/// <param name="Has">Which units have it.</param>
/// <param name="Read">Its parameters in ascending order; may wait for the medium.</param>
internal sealed record LogPage(byte Code, Func<LogicalUnit, bool> Has, Func<LogicalUnit, IReadOnlyList<LogParameter>> Read);

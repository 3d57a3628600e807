using Futago.Engine.Contracts.Iscsi;
using Futago.Scsi.LogicalUnits;

namespace Futago.Engine.Targets;

/// <summary>A LUN that initiators can use now. A changed configuration or a reopened volume makes a new one.</summary>
internal sealed record ServedLun(LunConfiguration Configuration, OpenVolume Volume, LogicalUnit Unit);

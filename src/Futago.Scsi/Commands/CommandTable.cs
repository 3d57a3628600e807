using Futago.Scsi.CdRom;
using Futago.Scsi.Copy;
using Futago.Scsi.Inquiry;
using Futago.Scsi.Logs;
using Futago.Scsi.Mode;
using Futago.Scsi.Reservations;
using Futago.Scsi.Sanitize;

namespace Futago.Scsi.Commands;

/// <summary>Every command that the device server knows, one row each. docs/protocol/scsi.md shows it to people.</summary>
internal static class CommandTable
{
    private static readonly CommandHandler Read = new ReadHandler();
    private static readonly CommandHandler Write = new WriteHandler();
    private static readonly CommandHandler Flush = new SynchronizeCacheHandler();
    private static readonly CommandHandler Verify = new SlowHandler(VerifyCommand.AcceptVerify, VerifyCommand.RunVerifyAsync);
    private static readonly CommandHandler WriteAndVerify =
        new SlowHandler(VerifyCommand.AcceptWriteAndVerify, VerifyCommand.RunWriteAndVerifyAsync);
    private static readonly CommandHandler WriteSame = new SlowHandler(WriteSameCommand.Accept, WriteSameCommand.RunAsync);
    private static readonly CommandHandler Prefetch = new ImmediateHandler(task => task.Good(), UnitCommands.AcceptPrefetch);
    private static readonly CommandHandler ModeSense = new ImmediateHandler(ModeSenseCommand.Run);
    private static readonly CommandHandler ModeSelect = new SlowHandler(ModeSelectCommand.Accept, ModeSelectCommand.RunAsync);
    private static readonly CommandHandler Reserve = new ImmediateHandler(ReserveCommands.Reserve);
    private static readonly CommandHandler Release = new ImmediateHandler(ReserveCommands.Release);

    private static readonly CommandHandler SanitizeHandler = new SlowHandler(SanitizeCommand.Accept, SanitizeCommand.RunAsync);
    private static readonly CommandHandler ExtendedCopy = new SlowHandler(ExtendedCopyCommand.Accept, ExtendedCopyCommand.RunAsync);

    private static readonly CommandHandler PersistentReserveOut =
        new SlowHandler(PersistentReserveOutCommand.Accept, PersistentReserveOutCommand.RunAsync);

    public static IReadOnlyList<CommandDefinition> All { get; } =
    [
        new("TEST UNIT READY", "00 00 00 00 00 04", DataDirection.None, ReservationAccess.Always, new ImmediateHandler(UnitCommands.TestUnitReady)) { NeedsMedium = true, Controller = true, CdRom = true },
        new("REQUEST SENSE", "03 01 00 00 FF 04", DataDirection.In, ReservationAccess.Unreserved, new ImmediateHandler(UnitCommands.RequestSense)) { DuringSanitize = true, IgnoresUnitAttention = true, Controller = true, CdRom = true },
        new("INQUIRY", "12 01 FF FF FF 04", DataDirection.In, ReservationAccess.Unreserved, new ImmediateHandler(InquiryCommand.Run)) { DuringSanitize = true, IgnoresUnitAttention = true, Controller = true, CdRom = true },
        new("REPORT LUNS", "A0 00 FF 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Unreserved, new ImmediateHandler(UnitCommands.ReportLuns)) { DuringSanitize = true, IgnoresUnitAttention = true, Controller = true, CdRom = true },
        new("REPORT TARGET PORT GROUPS", "A3 EA 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(ReportCommands.TargetPortGroups)) { ServiceAction = 0x0a },
        new("REPORT SUPPORTED OPERATION CODES", "A3 0C 87 FF FF FF FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(ReportCommands.SupportedOperationCodes)) { ServiceAction = 0x0c, Controller = true, CdRom = true },
        new("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", "A3 0D 80 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(ReportCommands.SupportedTaskManagement)) { ServiceAction = 0x0d, Controller = true, CdRom = true },
        new("REPORT TIMESTAMP", "A3 0F 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(ReportCommands.Timestamp)) { ServiceAction = 0x0f, Controller = true, CdRom = true },
        new("MODE SENSE(6)", "1A 08 FF FF FF 04", DataDirection.In, ReservationAccess.Write, ModeSense) { CdRom = true },
        new("MODE SENSE(10)", "5A 18 FF FF 00 00 00 FF FF 04", DataDirection.In, ReservationAccess.Write, ModeSense) { CdRom = true },
        new("MODE SELECT(6)", "15 11 00 00 FF 04", DataDirection.Out, ReservationAccess.Write, ModeSelect),
        new("MODE SELECT(10)", "55 11 00 00 00 00 00 FF FF 04", DataDirection.Out, ReservationAccess.Write, ModeSelect),
        new("RESERVE(6)", "16 00 00 00 00 04", DataDirection.None, ReservationAccess.Unreserved, Reserve),
        new("RELEASE(6)", "17 00 00 00 00 04", DataDirection.None, ReservationAccess.Unreserved, Release),
        new("RESERVE(10)", "56 00 00 00 00 00 00 00 00 04", DataDirection.None, ReservationAccess.Unreserved, Reserve),
        new("RELEASE(10)", "57 00 00 00 00 00 00 00 00 04", DataDirection.None, ReservationAccess.Unreserved, Release),
        new("PERSISTENT RESERVE IN: READ KEYS", "5E 00 00 00 00 00 00 FF FF 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(PersistentReserveInCommand.ReadKeys)) { ServiceAction = 0x00 },
        new("PERSISTENT RESERVE IN: READ RESERVATION", "5E 01 00 00 00 00 00 FF FF 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(PersistentReserveInCommand.ReadReservation)) { ServiceAction = 0x01 },
        new("PERSISTENT RESERVE IN: REPORT CAPABILITIES", "5E 02 00 00 00 00 00 FF FF 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(PersistentReserveInCommand.ReportCapabilities)) { ServiceAction = 0x02 },
        new("PERSISTENT RESERVE IN: READ FULL STATUS", "5E 03 00 00 00 00 00 FF FF 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(PersistentReserveInCommand.ReadFullStatus)) { ServiceAction = 0x03 },
        new("PERSISTENT RESERVE OUT: REGISTER", "5F 00 FF 00 00 FF FF FF FF 04", DataDirection.Out, ReservationAccess.Always, PersistentReserveOut) { ServiceAction = 0x00 },
        new("PERSISTENT RESERVE OUT: RESERVE", "5F 01 FF 00 00 FF FF FF FF 04", DataDirection.Out, ReservationAccess.Always, PersistentReserveOut) { ServiceAction = 0x01 },
        new("PERSISTENT RESERVE OUT: RELEASE", "5F 02 FF 00 00 FF FF FF FF 04", DataDirection.Out, ReservationAccess.Always, PersistentReserveOut) { ServiceAction = 0x02 },
        new("PERSISTENT RESERVE OUT: CLEAR", "5F 03 FF 00 00 FF FF FF FF 04", DataDirection.Out, ReservationAccess.Always, PersistentReserveOut) { ServiceAction = 0x03 },
        new("PERSISTENT RESERVE OUT: PREEMPT", "5F 04 FF 00 00 FF FF FF FF 04", DataDirection.Out, ReservationAccess.Always, PersistentReserveOut) { ServiceAction = 0x04 },
        new("PERSISTENT RESERVE OUT: PREEMPT AND ABORT", "5F 05 FF 00 00 FF FF FF FF 04", DataDirection.Out, ReservationAccess.Always, PersistentReserveOut) { ServiceAction = 0x05 },
        new("PERSISTENT RESERVE OUT: REGISTER AND IGNORE EXISTING KEY", "5F 06 FF 00 00 FF FF FF FF 04", DataDirection.Out, ReservationAccess.Always, PersistentReserveOut) { ServiceAction = 0x06 },
        new("PERSISTENT RESERVE OUT: REGISTER AND MOVE", "5F 07 FF 00 00 FF FF FF FF 04", DataDirection.Out, ReservationAccess.Always, PersistentReserveOut) { ServiceAction = 0x07 },
        new("START STOP UNIT", "1B 01 00 0F F7 04", DataDirection.None, ReservationAccess.Write, new SlowHandler(StartStopCommand.Accept, StartStopCommand.RunAsync)) { CdRom = true },
        new("PREVENT ALLOW MEDIUM REMOVAL", "1E 00 00 00 03 04", DataDirection.None, ReservationAccess.Always, new ImmediateHandler(UnitCommands.PreventAllowMediumRemoval)) { CdRom = true },
        new("READ CAPACITY(10)", "25 00 FF FF FF FF 00 00 01 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(CapacityCommands.ReadCapacity10)) { NeedsMedium = true, CdRom = true },
        new("READ CAPACITY(16)", "9E 10 00 00 00 00 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(CapacityCommands.ReadCapacity16)) { ServiceAction = 0x10, NeedsMedium = true },
        new("GET LBA STATUS", "9E 12 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Read, new SlowHandler(LbaStatusCommand.Accept, LbaStatusCommand.RunAsync)) { ServiceAction = 0x12, Medium = true },
        new("READ(6)", "08 1F FF FF FF 04", DataDirection.In, ReservationAccess.Read, Read) { Medium = true },
        new("READ(10)", "28 FA FF FF FF FF 1F FF FF 04", DataDirection.In, ReservationAccess.Read, Read) { Medium = true, CdRom = true },
        new("READ(12)", "A8 FA FF FF FF FF FF FF FF FF 1F 04", DataDirection.In, ReservationAccess.Read, Read) { Medium = true, CdRom = true },
        new("READ(16)", "88 FA FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.In, ReservationAccess.Read, Read) { Medium = true },
        new("WRITE(6)", "0A 1F FF FF FF 04", DataDirection.Out, ReservationAccess.Write, Write) { Medium = true, Writes = true },
        new("WRITE(10)", "2A FA FF FF FF FF 1F FF FF 04", DataDirection.Out, ReservationAccess.Write, Write) { Medium = true, Writes = true },
        new("WRITE(12)", "AA FA FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Write, Write) { Medium = true, Writes = true },
        new("WRITE(16)", "8A FA FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Write, Write) { Medium = true, Writes = true },
        new("WRITE AND VERIFY(10)", "2E F6 FF FF FF FF 1F FF FF 04", DataDirection.Out, ReservationAccess.Write, WriteAndVerify) { Medium = true, Writes = true },
        new("WRITE AND VERIFY(12)", "AE F6 FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Write, WriteAndVerify) { Medium = true, Writes = true },
        new("WRITE AND VERIFY(16)", "8E F6 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Write, WriteAndVerify) { Medium = true, Writes = true },
        new("VERIFY(10)", "2F F6 FF FF FF FF 1F FF FF 04", DataDirection.Out, ReservationAccess.Read, Verify) { Medium = true },
        new("VERIFY(12)", "AF F6 FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Read, Verify) { Medium = true },
        new("VERIFY(16)", "8F F6 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Read, Verify) { Medium = true },
        new("SYNCHRONIZE CACHE(10)", "35 06 FF FF FF FF 1F FF FF 04", DataDirection.None, ReservationAccess.Write, Flush) { Medium = true },
        new("SYNCHRONIZE CACHE(16)", "91 06 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.None, ReservationAccess.Write, Flush) { Medium = true },
        new("PRE-FETCH(10)", "34 02 FF FF FF FF 1F FF FF 04", DataDirection.None, ReservationAccess.Read, Prefetch) { NeedsMedium = true },
        new("PRE-FETCH(16)", "90 02 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.None, ReservationAccess.Read, Prefetch) { NeedsMedium = true },
        new("WRITE SAME(10)", "41 F8 FF FF FF FF 1F FF FF 04", DataDirection.Out, ReservationAccess.Write, WriteSame) { Medium = true, Writes = true },
        new("WRITE SAME(16)", "93 F9 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Write, WriteSame) { Medium = true, Writes = true },
        new("UNMAP", "42 01 00 00 00 00 1F FF FF 04", DataDirection.Out, ReservationAccess.Write, new SlowHandler(UnmapCommand.Accept, UnmapCommand.RunAsync, UnmapCommand.Prepare)) { Medium = true, Writes = true, SupportedBy = unit => unit.Options.Thin },
        new("COMPARE AND WRITE", "89 FA FF FF FF FF FF FF FF FF 00 00 00 FF 1F 04", DataDirection.Out, ReservationAccess.Write, new SlowHandler(CompareAndWriteCommand.Accept, CompareAndWriteCommand.RunAsync)) { Medium = true, Writes = true },
        new("ORWRITE(16)", "8B FA FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Write, new SlowHandler(OrWriteCommand.Accept, OrWriteCommand.RunAsync)) { Medium = true, Writes = true },
        new("WRITE ATOMIC(16)", "9C F8 FF FF FF FF FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Write, new SlowHandler(WriteAtomicCommand.Accept, WriteAtomicCommand.RunAsync)) { Medium = true, Writes = true, SupportedBy = unit => unit.AtomicWriter is not null },
        new("READ DEFECT DATA(10)", "37 00 1F 00 00 00 00 FF FF 04", DataDirection.In, ReservationAccess.Read, new ImmediateHandler(ReadDefectCommands.ReadDefectData10)) { NeedsMedium = true },
        new("READ DEFECT DATA(12)", "B7 1F 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Read, new ImmediateHandler(ReadDefectCommands.ReadDefectData12)) { NeedsMedium = true },
        new("SANITIZE: OVERWRITE", "48 A1 00 00 00 00 00 FF FF 04", DataDirection.Out, ReservationAccess.Write, SanitizeHandler) { ServiceAction = SanitizeCommand.Overwrite, Medium = true, Writes = true, DuringFailedSanitize = true, SupportedBy = unit => unit.Sanitize.IsOffered },
        new("SANITIZE: BLOCK ERASE", "48 A2 00 00 00 00 00 FF FF 04", DataDirection.None, ReservationAccess.Write, SanitizeHandler) { ServiceAction = SanitizeCommand.BlockErase, Medium = true, Writes = true, DuringFailedSanitize = true, SupportedBy = unit => unit.Sanitize.IsOffered && unit.Options.Thin },
        new("SANITIZE: EXIT FAILURE MODE", "48 BF 00 00 00 00 00 FF FF 04", DataDirection.None, ReservationAccess.Write, SanitizeHandler) { ServiceAction = SanitizeCommand.ExitFailureMode, Medium = true, DuringFailedSanitize = true, SupportedBy = unit => unit.Sanitize.IsOffered },
        new("LOG SENSE", "4D 01 FF FF 00 FF FF FF FF 04", DataDirection.In, ReservationAccess.Always, new SlowHandler(LogCommands.AcceptSense, LogCommands.RunSenseAsync)),
        new("LOG SELECT", "4C 03 FF FF 00 00 00 FF FF 04", DataDirection.Out, ReservationAccess.Write, new ImmediateHandler(task => task.Good(), LogCommands.AcceptSelect)),
        new("EXTENDED COPY(LID1)", "83 00 00 00 00 00 00 00 00 00 FF FF FF FF 00 04", DataDirection.Out, ReservationAccess.Write, ExtendedCopy) { ServiceAction = 0x00, Medium = true },
        new("EXTENDED COPY(LID4)", "83 01 00 00 00 00 00 00 00 00 FF FF FF FF 00 04", DataDirection.Out, ReservationAccess.Write, ExtendedCopy) { ServiceAction = 0x01, Medium = true },
        new("POPULATE TOKEN", "83 10 00 00 00 00 FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Read, new SlowHandler(PopulateTokenCommand.Accept, PopulateTokenCommand.RunAsync)) { ServiceAction = PopulateTokenCommand.ServiceAction, Medium = true },
        new("WRITE USING TOKEN", "83 11 00 00 00 00 FF FF FF FF FF FF FF FF 1F 04", DataDirection.Out, ReservationAccess.Write, new SlowHandler(WriteUsingTokenCommand.Accept, WriteUsingTokenCommand.RunAsync)) { ServiceAction = WriteUsingTokenCommand.ServiceAction, Medium = true, Writes = true },
        new("RECEIVE COPY STATUS(LID1)", "84 00 FF 00 00 00 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(ReceiveCopyCommands.StatusLid1)) { ServiceAction = 0x00 },
        new("RECEIVE COPY OPERATING PARAMETERS", "84 03 00 00 00 00 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(ReceiveCopyCommands.OperatingParameters)) { ServiceAction = 0x03 },
        new("RECEIVE COPY STATUS(LID4)", "84 05 FF FF FF FF 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(ReceiveCopyCommands.StatusLid4)) { ServiceAction = 0x05 },
        new("RECEIVE ROD TOKEN INFORMATION", "84 07 FF FF FF FF 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(ReceiveCopyCommands.RodTokenInformation)) { ServiceAction = 0x07 },
        new("READ TOC/PMA/ATIP", "43 02 0F 00 00 00 FF FF FF C4", DataDirection.In, ReservationAccess.Read, new ImmediateHandler(ReadTocCommand.Run)) { NeedsMedium = true, Disk = false, CdRom = true },
        new("GET CONFIGURATION", "46 03 FF FF 00 00 00 FF FF 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(GetConfigurationCommand.Run)) { IgnoresUnitAttention = true, Disk = false, CdRom = true },
        new("GET EVENT STATUS NOTIFICATION", "4A 01 00 00 FF 00 00 FF FF 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(EventStatusCommand.Run)) { IgnoresUnitAttention = true, Disk = false, CdRom = true },
        new("READ DISC INFORMATION", "51 07 00 00 00 00 00 FF FF 04", DataDirection.In, ReservationAccess.Read, new ImmediateHandler(DiscInformationCommands.Disc)) { NeedsMedium = true, Disk = false, CdRom = true },
        new("READ TRACK INFORMATION", "52 03 FF FF FF FF 00 FF FF 04", DataDirection.In, ReservationAccess.Read, new ImmediateHandler(DiscInformationCommands.Track)) { NeedsMedium = true, Disk = false, CdRom = true },
        new("READ DISC STRUCTURE", "AD 0F 00 00 00 00 FF FF FF FF 00 04", DataDirection.In, ReservationAccess.Read, new ImmediateHandler(DiscStructureCommand.Run)) { NeedsMedium = true, Disk = false, CdRom = true },
        new("READ CD MSF", "B9 1C 00 FF FF FF FF FF FF F8 07 04", DataDirection.In, ReservationAccess.Read, new ReadHandler(ReadCdCommands.DecodeMsf)) { Medium = true, Disk = false, CdRom = true },
        new("MECHANISM STATUS", "BD 00 00 00 00 00 00 00 FF FF 00 04", DataDirection.In, ReservationAccess.Always, new ImmediateHandler(MechanismStatusCommand.Run)) { Disk = false, CdRom = true },
        new("READ CD", "BE 1C FF FF FF FF FF FF FF F8 07 04", DataDirection.In, ReservationAccess.Read, new ReadHandler(ReadCdCommands.Decode)) { Medium = true, Disk = false, CdRom = true },
    ];

    private static readonly CommandDefinition?[][] ByCode = Index();

    /// <param name="serviceAction">Looked at only where the operation code has service actions.</param>
    public static CommandDefinition? Find(byte code, int serviceAction)
    {
        var entry = ByCode[code];
        return entry.Length == 1 ? entry[0] : serviceAction < entry.Length ? entry[serviceAction] : null;
    }

    public static bool HasServiceActions(byte code) => ByCode[code].Length > 1;

    private static CommandDefinition?[][] Index()
    {
        const int ServiceActions = 32;
        var index = new CommandDefinition?[256][];
        for (var code = 0; code < index.Length; code++)
            index[code] = [];
        foreach (var definition in All)
        {
            ref var entry = ref index[definition.OperationCode];
            if (entry.Length == 0)
                entry = new CommandDefinition?[definition.ServiceAction is null ? 1 : ServiceActions];
            entry[definition.ServiceAction ?? 0] = definition;
        }
        return index;
    }
}

using System.Runtime.InteropServices;

namespace Futago.Testing.Libiscsi;

/// <summary>The few functions of libiscsi (Debian's libiscsi7) that the tests call; signatures from its iscsi.h.</summary>
internal static unsafe partial class LibiscsiNative
{
    private const string Library = "libiscsi.so.7";

    public const int NormalSession = 2;
    public const int Good = 0;

    [LibraryImport(Library, EntryPoint = "iscsi_create_context", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CreateContext(string initiatorName);

    [LibraryImport(Library, EntryPoint = "iscsi_destroy_context")]
    public static partial int DestroyContext(nint context);

    [LibraryImport(Library, EntryPoint = "iscsi_set_targetname", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetTargetName(nint context, string name);

    [LibraryImport(Library, EntryPoint = "iscsi_set_session_type")]
    public static partial int SetSessionType(nint context, int type);

    [LibraryImport(Library, EntryPoint = "iscsi_set_isid_en")]
    public static partial int SetIsid(nint context, uint enterprise, uint qualifier);

    [LibraryImport(Library, EntryPoint = "iscsi_set_noautoreconnect")]
    public static partial void SetNoAutoReconnect(nint context, int state);

    [LibraryImport(Library, EntryPoint = "iscsi_set_timeout")]
    public static partial int SetTimeout(nint context, int seconds);

    [LibraryImport(Library, EntryPoint = "iscsi_full_connect_sync", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int FullConnectSync(nint context, string portal, int lun);

    [LibraryImport(Library, EntryPoint = "iscsi_logout_sync")]
    public static partial int LogoutSync(nint context);

    [LibraryImport(Library, EntryPoint = "iscsi_get_error")]
    public static partial nint GetError(nint context);

    [LibraryImport(Library, EntryPoint = "iscsi_get_fd")]
    public static partial int GetDescriptor(nint context);

    [LibraryImport(Library, EntryPoint = "iscsi_which_events")]
    public static partial int WhichEvents(nint context);

    [LibraryImport(Library, EntryPoint = "iscsi_service")]
    public static partial int Service(nint context, int events);

    [LibraryImport(Library, EntryPoint = "iscsi_write16_task")]
    public static partial nint Write16(nint context, int lun, ulong lba, byte* data, uint length, int blockSize, int wrProtect, int dpo,
        int fua, int fuaNv, int group, delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> callback, nint state);

    [LibraryImport(Library, EntryPoint = "iscsi_read16_task")]
    public static partial nint Read16(nint context, int lun, ulong lba, uint length, int blockSize, int rdProtect, int dpo,
        int fua, int fuaNv, int group, delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> callback, nint state);

    [LibraryImport(Library, EntryPoint = "iscsi_synchronizecache16_task")]
    public static partial nint SynchronizeCache16(nint context, int lun, ulong lba, uint blocks, int syncNv, int immediate,
        delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> callback, nint state);

    [LibraryImport(Library, EntryPoint = "scsi_task_add_data_in_buffer")]
    public static partial int AddDataInBuffer(nint task, int length, byte* buffer);

    [LibraryImport(Library, EntryPoint = "scsi_free_scsi_task")]
    public static partial void FreeTask(nint task);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}

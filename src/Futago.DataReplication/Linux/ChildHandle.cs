using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.DataReplication.Linux;

/// <summary>
/// A process that stays the same one although its number is given to another after its end: pidfd_open(2). What it says of itself comes from
/// proc(5).
/// </summary>
internal sealed partial class ChildHandle : IDisposable
{
    private readonly int _id;
    private readonly SafeFileHandle _file;

    private ChildHandle(int id, SafeFileHandle file) => (_id, _file) = (id, file);

    /// <summary>Null when it has gone, or the kernel cannot do it.</summary>
    /// <param name="id">Of a process that has just been started here.</param>
    public static ChildHandle? Open(int id)
    {
        var file = OpenProcess(id, 0);
        return file < 0 ? null : new ChildHandle(id, new SafeFileHandle(file, ownsHandle: true));
    }

    /// <summary>Sends a signal to a process that has said what it does at it; to no other, since most signals end who does not expect them.</summary>
    /// <returns>False when it was not sent.</returns>
    public bool TrySignal(int signal) => Catches(signal) && SendSignal(_file, signal, 0, 0) == 0;

    /// <summary>Bytes that it has asked the system for so far, from files and connections: <c>rchar</c>. Null when it cannot be told any more.</summary>
    public long? ReadBytes() => Field("io", "rchar:") is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    public void Dispose() => _file.Dispose();

    /// <summary>SigCgt: a mask in hexadecimal, whose lowest bit is signal 1.</summary>
    private bool Catches(int signal) =>
        Field("status", "SigCgt:") is { } text && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var mask) && (mask >> (signal - 1) & 1) != 0;

    private string? Field(string file, string name)
    {
        try
        {
            return File.ReadLines($"/proc/{_id.ToString(CultureInfo.InvariantCulture)}/{file}").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "pidfd_open", SetLastError = true)]
    private static partial int OpenProcess(int id, uint flags);

    [LibraryImport("libc", EntryPoint = "pidfd_send_signal", SetLastError = true)]
    private static partial int SendSignal(SafeHandle file, int signal, nint information, uint flags);
}

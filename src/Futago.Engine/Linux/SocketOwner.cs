using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Futago.Engine.Hosting;

namespace Futago.Engine.Linux;

/// <summary>Who may connect to the API's socket: root and one group.</summary>
internal static partial class SocketOwner
{
    private const uint Unchanged = uint.MaxValue;

    /// <exception cref="StartException">There is no such group.</exception>
    public static uint? ResolveGroup(string? group)
    {
        if (group is null)
            return null;
        if (uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        // group(5): name:password:number:members
        foreach (var line in File.ReadLines("/etc/group"))
        {
            var fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == group && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out number))
                return number;
        }
        throw new StartException($"--socket-group: there is no group {group} on this machine.");
    }

    /// <summary>0660, group as given. Before this call only the owner could connect: connecting takes the right to write.</summary>
    public static void Apply(string socketPath, uint? group)
    {
        if (group is { } number && Chown(socketPath, Unchanged, number) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        File.SetUnixFileMode(socketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
    }

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, uint owner, uint group);
}

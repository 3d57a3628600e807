using System.ComponentModel;
using System.Runtime.InteropServices;
using Futago.Blocks.Native;

namespace Futago.Volumes.Linux;

/// <summary>Whose a file is.</summary>
public static class FileOwner
{
    /// <returns>Numbers of user and group, of the link itself where it is one.</returns>
    /// <exception cref="Win32Exception">There is no such file.</exception>
    public static (uint User, uint Group) Read(string path) =>
        StatX.TryReadLink(path, out var status) ? (status.User, status.Group) : throw new Win32Exception(Marshal.GetLastPInvokeError());
}

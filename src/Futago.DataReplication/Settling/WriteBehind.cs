using System.ComponentModel;
using Futago.DataReplication.Linux;

namespace Futago.DataReplication.Settling;

/// <summary>
/// Says when so much has been written to a file system that its disks should begin with it. By itself the kernel begins when a tenth of the memory is
/// full or half a minute has passed: the disks would stand still during most of a copy, and the copy's end would wait for all that is in memory.
/// </summary>
/// <param name="root">Of the file system, which others may write to as well.</param>
internal sealed class WriteBehind(string root, long stepBytes)
{
    /// <summary>A second or less of most disks, and far more than a sync costs by itself.</summary>
    public const long DefaultStepBytes = 128 << 20;

    private long _freeBytes = FileSystemUsage.Of(root).FreeBytes;

    /// <summary>Whether that much has come since the last time that it said so.</summary>
    /// <exception cref="Win32Exception">The file system has gone.</exception>
    public bool IsDue()
    {
        // Space counts as taken as soon as it is written in memory.
        var free = FileSystemUsage.Of(root).FreeBytes;
        if (free <= _freeBytes && _freeBytes - free < stepBytes)
            return false;
        // A file took the place of an old one, which gave back what it had: what is free now is what is counted from.
        var due = free <= _freeBytes;
        _freeBytes = free;
        return due;
    }
}

using System.Globalization;
using System.Text;
using Futago.Volumes.Linux;

namespace Futago.Engine.Shares;

/// <summary>
/// The accounts that Samba finds when it asks the system: the share users with a number each, and nobody else of the machine. They are
/// in a file of ours that nss_wrapper(1) puts in the place of /etc/passwd, so that the machine's own accounts are neither changed nor
/// reachable through a share.
/// </summary>
internal static class SambaAccounts
{
    public const string GuestName = "futago-guest";
    public const int GuestUid = 300000;

    /// <summary>Every share user is in it: what one makes the others of the share can change.</summary>
    public const int Gid = 300000;
    private const string GroupName = "futago-share";

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static void Write(SambaPaths paths, IReadOnlyList<StoredShareUser> users)
    {
        var passwd = new StringBuilder();
        passwd.Append(CultureInfo.InvariantCulture, $"root:x:0:0:root:/:/usr/sbin/nologin\n");
        passwd.Append(CultureInfo.InvariantCulture, $"nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n");
        passwd.Append(CultureInfo.InvariantCulture, $"{GuestName}:x:{GuestUid}:{Gid}::/:/usr/sbin/nologin\n");
        foreach (var user in users)
            passwd.Append(CultureInfo.InvariantCulture, $"{user.Name}:x:{user.Uid}:{Gid}::/:/usr/sbin/nologin\n");
        DurableFile.Replace(paths.PasswdFile, Encoding.UTF8.GetBytes(passwd.ToString()), Readable);
        DurableFile.Replace(paths.GroupFile, Encoding.UTF8.GetBytes($"root:x:0:\nnogroup:x:65534:\n{GroupName}:x:{Gid.ToString(CultureInfo.InvariantCulture)}:\n"), Readable);
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Futago.DataReplication.Linux;

/// <summary>Goes down a path without following a symbolic link.</summary>
internal static class FolderWalk
{
    /// <summary>What stands for a folder in the name of a file: 16 hexadecimal digits.</summary>
    public static string KeyOf(string folder) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..16];

    /// <summary>The directory, or null when a part of the path is missing, is no directory, or is a symbolic link.</summary>
    public static string? Find(string root, string folder)
    {
        var path = root;
        if (!Directory.Exists(path))
            return null;
        foreach (var part in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path = Path.Combine(path, part);
            var info = new DirectoryInfo(path);
            if (!info.Exists || info.LinkTarget is not null)
                return null;
        }
        return path;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Futago.Engine.Contracts.Iscsi;

/// <summary>
/// Where an ISO image is: <c>vg00/nas0:/iso/debian.iso</c>, a NAS volume and a file below the root of its file system. The file in normal
/// form begins with a slash and has one between its names, none of which is <c>.</c> or <c>..</c>.
/// </summary>
public static class IsoPath
{
    /// <summary>Characters of the file's path at most.</summary>
    public const int LengthMaximum = 1024;

    private const int NameBytesMaximum = 255;

    /// <summary>Splits what people write.</summary>
    /// <param name="volume">Not empty; whether there is such a volume is not looked at.</param>
    /// <param name="image">In normal form.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? volume, [NotNullWhen(true)] out string? image)
    {
        volume = image = null;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon <= 0 || !TryNormalise(text![(colon + 1)..].Trim(), out image))
            return false;
        volume = text[..colon].Trim();
        return volume.Length > 0;
    }

    public static bool TryNormalise(string? path, [NotNullWhen(true)] out string? image)
    {
        image = null;
        if (path is null || path.Length > LengthMaximum || path.EndsWith('/'))
            return false;
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0 || !names.All(IsName))
            return false;
        image = "/" + string.Join('/', names);
        return true;
    }

    public static bool IsNormal(string? path) => TryNormalise(path, out var image) && image == path;

    public static string Format(string volume, string image) => $"{volume}:{image}";

    private static bool IsName(string name) =>
        name is not ("." or "..") && Encoding.UTF8.GetByteCount(name) <= NameBytesMaximum && !name.Any(char.IsControl);
}

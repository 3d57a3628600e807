using Futago.Blocks;
using Futago.Engine.Contracts;
using Futago.Scsi.CdRom;
using Futago.Volumes.Linux;
using Microsoft.Win32.SafeHandles;

namespace Futago.Engine.CdRoms;

/// <summary>An ISO image that is open for reading, and what it was like then.</summary>
internal sealed class DiscImage : IAsyncDisposable
{
    private const int DescriptorSector = 16;

    private DiscImage(IBlockDevice device, ImageState state) => (Device, State) = (device, state);

    public IBlockDevice Device { get; }

    public ImageState State { get; }

    /// <param name="root">Where the file system is mounted.</param>
    /// <param name="path">For people: volume and file.</param>
    /// <param name="problem">Why it is not a disc.</param>
    public static DiscImage? Open(string root, string image, string path, ILogger logger, out Problem? problem)
    {
        using var file = ImageFile.Open(root, image);
        if (Check(file, path, out var state) is { } refusal)
        {
            problem = refusal;
            return null;
        }
        try
        {
            // Through the page cache: requests are multiples of 2,048 bytes, which no direct access has to take.
            var device = FileBlockDevice.Open(ImageFile.PathOf(file!), new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache, ReadOnly = true, Logger = logger });
            problem = null;
            return new DiscImage(device, state!);
        }
        catch (IOException e)
        {
            problem = Unreadable(path, e.Message);
            return null;
        }
    }

    /// <summary>What the file is like now; null when it is not there.</summary>
    public static ImageState? Look(string root, string image)
    {
        using var file = ImageFile.Open(root, image);
        return file is null ? null : ImageState.Of(file);
    }

    /// <returns>Why the file cannot be a disc; null when it can.</returns>
    public static Problem? Check(SafeFileHandle? file, string path, out ImageState? state)
    {
        state = file is null ? null : ImageState.Of(file);
        if (state is null)
            return Refuse(ProblemCodes.IsoNotFound, $"There is no file {path} that can be opened without following a symbolic link.", path);
        if (state.Kind != FileKind.Regular)
            return Refuse(ProblemCodes.IsoInvalid, $"{path} is not a file.", path);
        if (state.SizeBytes % Disc.BlockBytes != 0 || state.SizeBytes is <= Disc.BytesMinimum or > Disc.BytesMaximum)
            return Refuse(
                ProblemCodes.IsoInvalid,
                $"{path} is {state.SizeBytes} B long. An ISO image has a multiple of {Disc.BlockBytes} bytes, more than {Disc.BytesMinimum}; perhaps it has not been copied completely.", path);
        Span<byte> descriptor = stackalloc byte[6];
        try
        {
            if (RandomAccess.Read(file!, descriptor, DescriptorSector * Disc.BlockBytes) != descriptor.Length)
                return Unreadable(path, "it ends too early");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(path, e.Message);
        }
        // ECMA-119 section 8.1.2: CD001 behind the type; ECMA-167 part 2 section 9: BEA01 opens the descriptors of UDF, NSR02 or NSR03 are its own.
        var identifier = descriptor[1..];
        var known = identifier.SequenceEqual("CD001"u8) || identifier.SequenceEqual("BEA01"u8) || identifier.SequenceEqual("NSR02"u8) || identifier.SequenceEqual("NSR03"u8);
        return known ? null : Refuse(ProblemCodes.IsoInvalid, $"{path} is not an ISO image: sector {DescriptorSector} holds no descriptor of ISO 9660 or UDF.", path);
    }

    public ValueTask DisposeAsync() => Device.DisposeAsync();

    public static Problem Refuse(string code, string detail, string path) => new(code, detail, null, new Dictionary<string, string> { ["image"] = path });

    private static Problem Unreadable(string path, string reason) => Refuse(ProblemCodes.IsoInvalid, $"{path} cannot be read: {reason}", path);
}

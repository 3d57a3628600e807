using Futago.Blocks;
using Futago.Scsi.LogicalUnits;

namespace Futago.Scsi.Sanitize;

/// <summary>
/// Destroys all data of a unit, piece by piece, and at most so fast that other units go on working. Runs on its own: no command
/// holds it and no task management function ends it (SBC-3 section 4.11.1).
/// </summary>
internal sealed class SanitizeWork(LogicalUnit unit, TimeProvider clock)
{
    /// <summary>Data is written at most at this rate.</summary>
    private const long MaximumBytesPerSecond = 256L << 20;

    private const int PieceBytes = 4 << 20;
    private const long ErasePieceBytes = 1L << 30;

    private readonly long _length = (long)unit.BlockCount * unit.Options.BlockSize;

    /// <summary>SANITIZE BLOCK ERASE: all space is given back; what is read is zeros.</summary>
    public async Task<bool> EraseAsync()
    {
        for (long done = 0; done < _length; done += ErasePieceBytes)
        {
            if (!await RunAsync(BlockOperation.Unmap, done, Math.Min(ErasePieceBytes, _length - done), null))
                return false;
            unit.Sanitize.SetProgress(done, _length);
        }
        return await RunAsync(BlockOperation.Flush, 0, 0, null);
    }

    /// <summary>SANITIZE OVERWRITE: every block is written with the pattern, as often as asked for.</summary>
    /// <param name="pattern">1 byte to one block; starts anew in every block.</param>
    /// <param name="invert">Every second pass writes the complement; the last one writes the pattern.</param>
    public async Task<bool> OverwriteAsync(byte[] pattern, int passes, bool invert)
    {
        var pool = new BlockBufferPool(PieceBytes);
        var buffer = pool.TryRent(PieceBytes)!;
        try
        {
            for (var pass = 0; pass < passes; pass++)
            {
                var inverted = invert && (passes - 1 - pass) % 2 == 1;
                Fill(buffer.GetSpan(), pattern, inverted);
                if (!await PassAsync(buffer, pass, passes))
                    return false;
            }
            return true;
        }
        finally
        {
            pool.Return(buffer);
            pool.ReleaseAll();
        }
    }

    private async Task<bool> PassAsync(BlockBuffer buffer, int pass, int passes)
    {
        var start = clock.GetTimestamp();
        for (long done = 0; done < _length; done += PieceBytes)
        {
            if (!await RunAsync(BlockOperation.Write, done, Math.Min(PieceBytes, _length - done), buffer))
                return false;
            unit.Sanitize.SetProgress(pass * _length + done, passes * _length);
            var due = TimeSpan.FromSeconds((double)(done + PieceBytes) / MaximumBytesPerSecond) - clock.GetElapsedTime(start);
            if (due > TimeSpan.Zero && done + PieceBytes < _length)
                await Task.Delay(due, clock);
        }
        // Each pass must have been on the medium, not only in a cache.
        return await RunAsync(BlockOperation.Flush, 0, 0, null);
    }

    private void Fill(Span<byte> buffer, byte[] pattern, bool inverted)
    {
        var size = unit.Options.BlockSize;
        for (var i = 0; i < buffer.Length; i++)
        {
            var value = pattern[i % size % pattern.Length];
            buffer[i] = inverted ? (byte)~value : value;
        }
    }

    private async Task<bool> RunAsync(BlockOperation operation, long offset, long length, BlockBuffer? buffer) =>
        await unit.Device.RunAsync(operation, offset, length, buffer) == BlockStatus.Ok;
}

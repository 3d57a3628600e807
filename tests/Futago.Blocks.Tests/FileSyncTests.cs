using Futago.Blocks.Tests.Files;

namespace Futago.Blocks.Tests;

public sealed class FileSyncTests
{
    /// <summary>The base library's flush to the disk says nothing in this case.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sync_OnAMediumThatFailed_Throws(bool stream)
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        using var file = new FileStream(Path.Combine(fs.Path, "file"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        var handle = file.SafeFileHandle;
        file.Write(new byte[8192]);
        FileSync.Sync(file);
        file.Write(new byte[8192]);
        fs.ShutDown();

        Assert.Throws<IOException>(() =>
        {
            if (stream)
                FileSync.Sync(file);
            else
                FileSync.Sync(handle);
        });
    }

    [Fact]
    public void Sync_OfAStreamWithABuffer_HandsItOverFirst()
    {
        using var fs = TemporaryFileSystem.CreateXfs(512);
        var path = Path.Combine(fs.Path, "file");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        file.Write([1, 2, 3]);

        FileSync.Sync(file);
        file.Write([4]);
        FileSync.Sync(file);

        Assert.Equal([1, 2, 3, 4], File.ReadAllBytes(path));
    }
}

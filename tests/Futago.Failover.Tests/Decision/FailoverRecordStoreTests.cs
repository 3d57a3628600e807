namespace Futago.Failover.Tests.Decision;

public sealed class FailoverRecordStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("futago-failover-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "failover.json");

    /// <summary>docs/on-disk/failover-record.md.</summary>
    [Fact]
    public void Document_Golden()
    {
        var record = new FailoverRecord(7, 9, 6, true, 5, new PairMode(3, true, false));

        FailoverRecordStore.Save(Path, record);

        Assert.StartsWith(
            "{\"formatVersion\":1,\"promised\":7,\"attempted\":9,\"dataTerm\":6,\"alone\":true,\"yieldedTo\":5,\"modeRevision\":3,\"running\":true,\"maintenance\":false,\"checksum\":\"sha256:",
            File.ReadAllText(Path), StringComparison.Ordinal);
        Assert.Equal(record, FailoverRecordStore.Load(Path));
    }

    [Fact]
    public void Absent_IsANewPair_Damaged_IsNot()
    {
        Assert.Null(FailoverRecordStore.Load(Path));
        FailoverRecordStore.Save(Path, FailoverRecord.New);
        var bytes = File.ReadAllBytes(Path);
        bytes[20] ^= 1;
        File.WriteAllBytes(Path, bytes);

        Assert.Throws<InvalidDataException>(() => FailoverRecordStore.Load(Path));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}

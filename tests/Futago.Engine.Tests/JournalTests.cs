using Futago.Engine.Contracts.Events;
using Futago.Engine.Events;
using Futago.Testing.Iscsi;

namespace Futago.Engine.Tests;

public sealed class JournalTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("futago-journal-").FullName;
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Events_AfterReopening_AreThereWithTheirNumbers()
    {
        await AppendAsync(3);
        await AppendAsync(2);

        await using var journal = new EventJournal(_directory, _time);

        Assert.Equal([1, 2, 3, 4, 5], journal.Read(0, 100).Select(e => e.Number));
        Assert.Equal([4], journal.Read(3, 1).Select(e => e.Number));
        Assert.Equal("value", journal.Read(4, 1)[0].Args!["name"]);
    }

    [Fact]
    public async Task TornTail_AtEveryLength_LosesOnlyTheTornEvent()
    {
        await AppendAsync(3);
        var file = Assert.Single(Directory.GetFiles(_directory));
        var whole = await File.ReadAllBytesAsync(file);
        var thirdLine = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;

        for (var length = thirdLine; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(file, whole[..length]);
            await AppendAsync(1);
            await using var journal = new EventJournal(_directory, _time);
            Assert.Equal([1, 2, 3], journal.Read(0, 100).Select(e => e.Number));
            Assert.Equal(3, journal.LastNumber);
        }
    }

    [Fact]
    public async Task DamagedLineInTheMiddle_IsSkippedAndItsNumberNotGivenAgain()
    {
        await AppendAsync(3);
        var file = Assert.Single(Directory.GetFiles(_directory));
        var lines = await File.ReadAllLinesAsync(file);
        lines[1] = lines[1].Replace("text", "TEXT", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(file, lines);

        await AppendAsync(1);
        await using var journal = new EventJournal(_directory, _time);

        Assert.Equal([1, 3, 4], journal.Read(0, 100).Select(e => e.Number));
    }

    [Fact]
    public async Task Rotation_KeepsTheNewestFilesAndTheNumbering()
    {
        await using (var journal = new EventJournal(_directory, _time, fileBytesMaximum: 500, filesMaximum: 3))
        {
            for (var i = 1; i <= 100; i++)
            {
                var wanted = i;
                journal.Append(EventSeverity.Info, "test.event", null, "text", ("name", "value"));
                Assert.True(SpinWait.SpinUntil(() => journal.LastNumber == wanted, EngineUnderTest.Patience));
            }
        }

        await using var again = new EventJournal(_directory, _time, fileBytesMaximum: 500, filesMaximum: 3);

        var numbers = again.Read(0, 1000).Select(e => e.Number).ToList();
        Assert.Equal(3, Directory.GetFiles(_directory).Length);
        Assert.Equal(100, numbers[^1]);
        Assert.Equal(Enumerable.Range((int)numbers[0], numbers.Count).Select(n => (long)n), numbers);
    }

    [Fact]
    public void Line_Version1_IsReadAndWrittenByteForByte()
    {
        const string golden =
            "1 7a8aa2d6 {\"number\":7,\"time\":\"2026-11-21T08:05:30+00:00\",\"severity\":\"warning\",\"code\":\"volume.deleted\",\"object\":\"vg00/lv0000\",\"text\":\"Gone.\",\"args\":{\"size\":\"1 GiB\"}}";

        var entry = JournalLine.Parse(golden);

        Assert.Equal((7, EventSeverity.Warning, "volume.deleted", "1 GiB"), (entry!.Number, entry.Severity, entry.Code, entry.Args!["size"]));
        Assert.Equal(golden + "\n", JournalLine.Format(entry));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task AppendAsync(int count)
    {
        await using var journal = new EventJournal(_directory, _time);
        for (var i = 0; i < count; i++)
            journal.Append(EventSeverity.Info, "test.event", "object", "text", ("name", "value"));
    }
}

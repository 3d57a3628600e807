using Futago.Console.Client.Events;
using Futago.Engine.Contracts.Events;
using Futago.Management.Engine;
using Microsoft.Extensions.Logging.Abstractions;

namespace Futago.Management.Tests.Engine;

public sealed class EventCollectorTests(DatabaseFixture databases)
{
    [Fact]
    public async Task Collect_MoreThanOnePage_CopiesEachEventOnce()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.Events.AddRange(Entries(1, 1200));

        var first = await plane.Collector.CollectAsync();
        plane.Engine.Events.AddRange(Entries(1201, 3));
        var second = await plane.Collector.CollectAsync();

        Assert.Equal((1200, 3), (first, second));
        Assert.Equal(Enumerable.Range(1, 1203).Select(n => (long)n), await NumbersAsync(plane));
    }

    [Fact]
    public async Task Collect_TwoCollectorsAtOnce_CopyEachEventOnce()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.Events.AddRange(Entries(1, 2000));
        var collectors = Enumerable.Range(0, 4).Select(_ => new EventCollector(plane.Client, plane.EventStore, plane.Audit, NullLogger<EventCollector>.Instance));

        var copied = await Task.WhenAll(collectors.Select(c => c.CollectAsync()));

        Assert.Equal(2000, copied.Sum());
        Assert.Equal(Enumerable.Range(1, 2000).Select(n => (long)n), await NumbersAsync(plane));
    }

    [Fact]
    public async Task Collect_NewestIsKnownAndStored_AsksNobody()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.Events.AddRange(Entries(1, 3));
        await plane.Collector.CollectAsync(newest: 3);
        // What is asked would find these.
        plane.Engine.Events.AddRange(Entries(4, 2));

        Assert.Equal(0, await plane.Collector.CollectAsync(newest: 3));
        Assert.Equal(2, await plane.Collector.CollectAsync(newest: 5));
        Assert.Equal([1L, 2L, 3L, 4L, 5L], await NumbersAsync(plane));
    }

    [Fact]
    public async Task Collect_AnotherCollectorWasThereSince_CopiesEachEventOnce()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        var other = new EventCollector(plane.Client, plane.EventStore, plane.Audit, NullLogger<EventCollector>.Instance);
        plane.Engine.Events.AddRange(Entries(1, 3));
        await plane.Collector.CollectAsync(newest: 3);
        plane.Engine.Events.AddRange(Entries(4, 2));
        await other.CollectAsync();
        plane.Engine.Events.AddRange(Entries(6, 1));

        await plane.Collector.CollectAsync(newest: 6);

        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], await NumbersAsync(plane));
    }

    [Fact]
    public async Task Collect_JournalRestarted_CopiesTheNewOneFromItsBeginning()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.Events.AddRange(Entries(1, 5));
        await plane.Collector.CollectAsync();
        plane.Engine.Events.Clear();
        plane.Engine.Events.AddRange(Entries(1, 2));

        var copied = await plane.Collector.CollectAsync();

        Assert.Equal(2, copied);
        Assert.Single(await plane.Events.ListAsync(new EventQuery(Source: "console")), e => e.Code == ConsoleEventCodes.JournalRestarted);
    }

    [Fact]
    public async Task Collect_NumbersOutOfOrder_StoresNothing()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.Events.AddRange([.. Entries(2, 1), .. Entries(1, 1)]);

        await Assert.ThrowsAsync<InvalidDataException>(() => plane.Collector.CollectAsync());

        Assert.Empty(await NumbersAsync(plane));
    }

    [Fact]
    public async Task List_Filters_AreCombined()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.Events.AddRange(
        [
            new(1, DateTimeOffset.UnixEpoch, EventSeverity.Info, "volume.created", "vg00/lv0000", "Volume 100% done.", new Dictionary<string, string> { ["size"] = "1" }),
            new(2, DateTimeOffset.UnixEpoch, EventSeverity.Error, "volume.failed", "vg00/lv0001", "Volume failed."),
            new(3, new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.FromHours(9)), EventSeverity.Warning, "target.refused", null, "Somebody came."),
        ]);
        await plane.Collector.CollectAsync();

        var severe = await plane.Events.ListAsync(new EventQuery(EventSeverity.Warning));
        var percent = await plane.Events.ListAsync(new EventQuery(Search: "100%"));
        var older = await plane.Events.ListAsync(new EventQuery(Before: severe[0].Id, Limit: 1));

        Assert.Equal(["target.refused", "volume.failed"], severe.Select(e => e.Code));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), severe[0].Time);
        Assert.Equal("1", Assert.Single(percent).Args!["size"]);
        Assert.Equal("volume.failed", Assert.Single(older).Code);
    }

    [Fact]
    public async Task Trim_OlderThanKept_AreGone()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        plane.Engine.Events.AddRange(Entries(1, 10));
        await plane.Collector.CollectAsync();

        await plane.EventStore.TrimAsync(4);

        Assert.Equal([7L, 8L, 9L, 10L], await NumbersAsync(plane));
    }

    private static IEnumerable<EngineEvent> Entries(int first, int count) =>
        Enumerable.Range(first, count).Select(n => new EngineEvent(n, DateTimeOffset.UnixEpoch, EventSeverity.Info, "test.event", null, $"Event {n}."));

    private static async Task<List<long>> NumbersAsync(ControlPlane plane)
    {
        List<long> numbers = [];
        await using var command = plane.Source.CreateCommand("SELECT engine_number FROM events WHERE engine_number IS NOT NULL ORDER BY id");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            numbers.Add(reader.GetInt64(0));
        return numbers;
    }
}

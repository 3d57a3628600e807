using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Link;
using Futago.Testing.Processes;
using Futago.Volumes.Metadata;

namespace Futago.Engine.Tests;

/// <summary>
/// SIGKILL in front of every step in which the key of this node on the replication link becomes durable. Afterwards it has one key and keeps it; and
/// when the peer knew another one, the journal says so and what to do.
/// </summary>
public sealed class LinkIdentityKillTests(ITestOutputHelper output)
{
    private static readonly byte[] Damaged = "{\"formatVersion\":1,\"nodeId\":\"cut o"u8.ToArray();

    [Fact]
    public async Task Kill_BeforeAnyStepOfTheFirstStart_LeavesOneKey()
    {
        await using var engine = new EngineUnderTest();
        var steps = await RecordAsync(engine);
        Assert.Empty(FileSteps.NotDurable(steps));

        foreach (var (step, _) in FileSteps.ToKillAt(steps))
        {
            var about = $"killed before {step}";
            File.Delete(IdentityOf(engine));
            await KillAndStartAgainAsync(engine, step, about);
            await engine.KillAsync();
        }
        // Nothing was lost, so nothing is reported.
        await engine.StartAgainAsync();
        Assert.DoesNotContain(await engine.Client.ListEventsAsync(0), e => e.Code == EventCodes.EngineIdentityDamaged);
    }

    [Fact]
    public async Task Kill_BeforeAnyStepOfReplacingADamagedKey_IsSaid()
    {
        await using var engine = await EngineUnderTest.StartAsync();
        await engine.KillAsync();
        Damage(engine);
        var steps = await RecordAsync(engine);
        Assert.Empty(FileSteps.NotDurable(steps));
        Assert.Contains(steps, s => s.IsRename && s.NewPath == IdentityOf(engine));

        foreach (var (step, _) in FileSteps.ToKillAt(steps))
        {
            var about = $"killed before {step}";
            Damage(engine);
            var before = await LastEventAsync(engine);
            await KillAndStartAgainAsync(engine, step, about);
            // Its number also tells it from those of the rounds before.
            var said = (await engine.Client.ListEventsAsync(before)).LastOrDefault(e => e.Code == EventCodes.EngineIdentityDamaged);
            Assert.True(said is not null, $"{about}: nobody is told that the peer knows another key");
            Assert.Equal(Damaged, await File.ReadAllBytesAsync(said!.Args!["file"], TestContext.Current.CancellationToken));
            await engine.KillAsync();
        }
    }

    /// <summary>The steps of a start that have to do with the key: from the first one on its files to the first event after the last one.</summary>
    private async Task<IReadOnlyList<FileStep>> RecordAsync(EngineUnderTest engine)
    {
        var log = Path.GetTempFileName();
        await engine.StartBehindAsync(FileSteps.Recording(log));
        await engine.KillAsync();
        var all = FileSteps.Read(log, engine.DataDirectory);
        var first = all.Index().First(s => IsOfIdentity(s.Item)).Index;
        var last = all.Index().Last(s => IsOfIdentity(s.Item)).Index;
        var synced = all.Index().Skip(last).First(s => s.Item.IsSync && s.Item.Path == engine.DataDirectory).Index;
        var said = all.Index().Skip(synced).First(s => s.Item.IsSync && IsOfJournal(s.Item)).Index;
        File.Delete(log);
        List<FileStep> steps = [.. all.Skip(first).Take(said - first + 1).Where(s => IsOfIdentity(s) || IsOfJournal(s) || s.Path == engine.DataDirectory)];
        output.WriteLine(string.Join('\n', steps));
        return steps;
    }

    /// <summary>Every time at the same time, which is in the name of the copy: the steps of each start have the same names.</summary>
    private static void Damage(EngineUnderTest engine)
    {
        File.WriteAllBytes(IdentityOf(engine), Damaged);
        File.SetLastWriteTimeUtc(IdentityOf(engine), new DateTime(2026, 11, 21, 0, 0, 0, DateTimeKind.Utc));
    }

    /// <summary>Afterwards the node has one key, which is the one that was stored, if one was.</summary>
    private static async Task KillAndStartAgainAsync(EngineUnderTest engine, FileStep step, string about)
    {
        var log = Path.GetTempFileName();
        await engine.StartToBeKilledAsync(FileSteps.Killing(step, log));
        File.Delete(log);
        var known = StoredFingerprint(engine);
        await engine.StartAgainAsync();

        var link = await engine.Client.GetLinkAsync();
        Assert.True(known is null || known == link.Fingerprint, about);
        Assert.True(link.Fingerprint == StoredFingerprint(engine), about);
    }

    private static async Task<long> LastEventAsync(EngineUnderTest engine)
    {
        var content = await File.ReadAllLinesAsync(Directory.GetFiles(Path.Combine(engine.DataDirectory, "events")).Order(StringComparer.Ordinal).Last());
        return content.Select(l => Futago.Engine.Events.JournalLine.Parse(l)?.Number ?? 0).Max();
    }

    /// <summary>Null: there is none that can be used.</summary>
    private static string? StoredFingerprint(EngineUnderTest engine)
    {
        if (SealedDocument.Read<LinkIdentityDocument>(IdentityOf(engine), LinkIdentityDocument.CurrentVersion, EngineJson.Options, out _) != SealedDocumentState.Good)
            return null;
        using var identity = LinkIdentity.LoadOrCreate(IdentityOf(engine), TimeProvider.System, copy => Assert.Fail(copy));
        return identity.Fingerprint;
    }

    private static bool IsOfIdentity(FileStep step) => Path.GetFileName(step.Path).StartsWith("identity.json", StringComparison.Ordinal);

    private static bool IsOfJournal(FileStep step) => Path.GetFileName(step.Path).StartsWith("events-", StringComparison.Ordinal);

    private static string IdentityOf(EngineUnderTest engine) => Path.Combine(engine.DataDirectory, "identity.json");
}

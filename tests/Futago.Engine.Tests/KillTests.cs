using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Engine.Tests;

/// <summary>
/// SIGKILL in the middle of volume operations, round after round from one seed. What was confirmed before the kill is there
/// afterwards, what was refused or cut off is there wholly or not at all, and the space adds up.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const long MiB = 1L << 20;
    private const int Rounds = 8;

    [Theory]
    [InlineData(20261121)]
    public async Task Kill_DuringVolumeOperations_LosesAndInventsNothing(int seed)
    {
        var random = new Random(seed);
        await using var engine = await EngineUnderTest.WithGroupAsync();
        // Confirmed volumes, and per name what an operation cut off by the kill may have left: old or new.
        var confirmed = new Dictionary<string, long>(StringComparer.Ordinal);

        for (var round = 0; round < Rounds; round++)
        {
            var uncertain = new Dictionary<string, long?>(StringComparer.Ordinal);
            // The kill comes after so many operations as chance has it, at whatever point the engine is then.
            var killAfter = random.Next(1, 12);
            var operations = OperateAsync(engine, random, confirmed, uncertain);
            try
            {
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _completed) >= killAfter || operations.IsCompleted, EngineUnderTest.Patience));
                await engine.KillAsync();
                await operations.WaitAsync(EngineUnderTest.Patience);
                await engine.StartAgainAsync();

                // One reason is none of the engine's: while another mount namespace holds a copy of the mount, XFS cannot be mounted a second time.
                var group = Assert.Single(await engine.Client.ListGroupsAsync());
                Assert.True(group.State == GroupState.Online, $"seed {seed}, round {round}: {group.Problem?.Detail}");
                Check(await engine.Client.ListVolumesAsync(), confirmed, uncertain, $"seed {seed}, round {round}");
                Assert.Equal(group.SizeBytes, group.Space.Volumes + group.Space.System + group.Space.Free);
                Assert.Equal(confirmed.Values.Sum(), group.Space.Volumes);
                Assert.Equal(confirmed.Count, Directory.GetDirectories(Path.Combine(engine.MountRoot, "vg00", "volumes")).Length);
            }
            catch
            {
                var volumes = new DirectoryInfo(Path.Combine(engine.MountRoot, "vg00", "volumes"));
                output.WriteLine($"round {round}, {_completed} of {killAfter} operations, {volumes}:");
                if (volumes.Exists)
                    output.WriteLine(string.Join('\n', volumes.EnumerateDirectories().Select(d => d.Name)));
                output.WriteLine(engine.Log);
                throw;
            }
        }
        var numbers = (await engine.Client.ListEventsAsync(0)).Select(e => e.Number).ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n), numbers);
    }

    private int _completed;

    /// <summary>Creates, expands and deletes until the engine is gone.</summary>
    private async Task OperateAsync(EngineUnderTest engine, Random random, Dictionary<string, long> confirmed, Dictionary<string, long?> uncertain)
    {
        Volatile.Write(ref _completed, 0);
        while (true)
        {
            var name = $"v{random.Next(8)}";
            var present = confirmed.TryGetValue(name, out var size);
            var delete = present && random.Next(2) == 0;
            var target = delete ? 0 : size + random.Next(1, 8) * MiB;
            try
            {
                if (delete)
                    await engine.Client.DeleteVolumeAsync("vg00", name, new(name));
                else if (present)
                    await engine.Client.UpdateVolumeAsync("vg00", name, new(SizeBytes: target));
                else
                    await engine.Client.CreateVolumeAsync("vg00", new(name, VolumeType.Iscsi, target, IoType: random.Next(2) == 0 ? IoType.File : IoType.Block));
            }
            catch (ProblemException e) when (e.Problem.Code is ProblemCodes.EngineUnreachable)
            {
                uncertain[name] = delete ? null : target;
                return;
            }
            if (delete)
                confirmed.Remove(name);
            else
                confirmed[name] = target;
            Interlocked.Increment(ref _completed);
        }
    }

    private static void Check(IReadOnlyList<VolumeInfo> volumes, Dictionary<string, long> confirmed, Dictionary<string, long?> uncertain, string where)
    {
        foreach (var (name, after) in uncertain)
        {
            var found = volumes.FirstOrDefault(v => v.Name == name)?.SizeBytes;
            long? before = confirmed.TryGetValue(name, out var size) ? size : null;
            Assert.True(found == before || found == after, $"{name} has {found} bytes, neither {before} nor {after} ({where})");
            if (found is { } present)
                confirmed[name] = present;
            else
                confirmed.Remove(name);
        }
        Assert.Equal(
            confirmed.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value)),
            volumes.Select(v => (v.Name, v.SizeBytes)));
        Assert.All(volumes, v => Assert.True(v.Problem is null && v.AllocatedBytes >= v.SizeBytes, $"{v.Path} is not whole ({where})"));
    }
}

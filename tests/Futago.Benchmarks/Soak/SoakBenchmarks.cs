using System.Diagnostics;
using System.Globalization;
using System.Net;
using Futago.Benchmarks.Iscsi;
using Futago.Testing.Iscsi;
using Futago.Testing.Libiscsi;

namespace Futago.Benchmarks.Soak;

/// <summary>What must not grow and must not spread: many idle sessions, one that is stuck, very many commands.</summary>
public static class SoakBenchmarks
{
    private const int IdleSessions = 1000;
    private const long LunBytes = 1L << 30;
    private const int Looks = 5;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    /// <summary>Memory that a thousand idle sessions take up, beside what tgtd takes for as many.</summary>
    public static async Task<IReadOnlyList<ResultRow>> IdleAsync()
    {
        await using var bench = await SoakBench.StartAsync();
        await using var tgt = new TgtPeer(bench.Engine);
        var peer = await tgt.ServeAsync(1, await bench.FileAsync("tgt.img", LunBytes), writeBack: true);
        var ours = await GrowthAsync(bench.Endpoint);
        var theirs = await GrowthAsync(peer);
        return [new ResultRow($"{IdleSessions} idle sessions", "KiB RSS", ours, theirs)];
    }

    /// <summary>Latency of one session while another one takes nothing of 100 MiB that it has asked for; the peer column is without that one.</summary>
    public static async Task<IReadOnlyList<ResultRow>> StuckAsync(BenchmarkOptions options)
    {
        await using var bench = await SoakBench.StartAsync();
        var (alone, beside) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            alone.Add(P99(bench.Endpoint, options.Seconds));
            using var stuck = Stick(bench.Endpoint);
            beside.Add(P99(bench.Endpoint, options.Seconds));
        }
        return [new ResultRow("p99 of 4 KiB reads beside a stuck session", "µs", Median(beside), Median(alone))];
    }

    /// <summary>
    /// Mixed commands until there are enough or the time is up: memory, handles and latency at the end; the peer column is after the first tenth.
    /// </summary>
    public static async Task<IReadOnlyList<ResultRow>> LongAsync(BenchmarkOptions options)
    {
        // What 24 hours at 5,800 commands a second are.
        const long Enough = 500_000_000;
        await using var bench = await SoakBench.StartAsync();
        long commands = 0;
        (double Memory, double Handles, double P99)? first = null;
        var clock = Stopwatch.StartNew();
        // A session of each load comes and goes with every turn; what it leaves behind would add up.
        for (var turn = 0; commands < Enough && clock.Elapsed.TotalSeconds < options.Seconds; turn++)
        {
            foreach (var load in Load.All.Where(l => l.Lun == new Lun(WriteBack: true) && l is { Cold: false, Spin: false }))
                commands += (long)LoadRunner.RunLean(load, bench.Endpoint, LunBytes, seconds: 1, turn);
            if (first is null && (commands >= Enough / 10 || clock.Elapsed.TotalSeconds >= options.Seconds / 10.0))
                first = Look(bench);
            await System.Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{commands} commands, {ProcessMemory.KibibytesOf(bench.Engine):F0} KiB"));
        }
        var (before, now) = (first ?? Look(bench), Look(bench));
        return
        [
            new ResultRow("commands", "number", commands, commands),
            new ResultRow("memory", "KiB RSS", now.Memory, before.Memory),
            new ResultRow("handles", "number", now.Handles, before.Handles),
            new ResultRow("p99 of 4 KiB reads, QD1", "µs", now.P99, before.P99),
        ];
    }

    private static (double Memory, double Handles, double P99) Look(SoakBench bench) =>
        (ProcessMemory.KibibytesOf(bench.Engine), ProcessMemory.HandlesOf(bench.Engine), Median([.. Enumerable.Range(0, Looks).Select(_ => P99(bench.Endpoint, 2))]));

    private static async Task<double> GrowthAsync(Endpoint endpoint)
    {
        // Code and tables that the first session brings in are not what a session costs.
        var sessions = new List<LibiscsiSession> { Connect(endpoint, -1) };
        var before = ProcessMemory.KibibytesOf(endpoint.ServerPid);
        for (var i = 0; i < IdleSessions; i++)
        {
            sessions.Add(Connect(endpoint, i));
            if (i % 50 == 0)
                Pump(sessions);
        }
        for (var settled = Stopwatch.StartNew(); settled.Elapsed < Settling; await Task.Delay(500))
            Pump(sessions);
        var growth = ProcessMemory.KibibytesOf(endpoint.ServerPid) - before;
        if (sessions.Any(s => s.Broken))
            throw new InvalidOperationException($"Sessions with {endpoint.Target} broke.");
        sessions.ForEach(s => s.Dispose());
        return growth;
    }

    /// <summary>Idle sessions answer the target's pings.</summary>
    private static void Pump(List<LibiscsiSession> sessions) => sessions.ForEach(s => s.Pump(0));

    private static LibiscsiSession Connect(Endpoint endpoint, int number) =>
        LibiscsiSession.TryConnect(endpoint.Portal, endpoint.Target, 1, string.Create(CultureInfo.InvariantCulture, $"iqn.2026-01.example.client:idle{number}"), 1, 4096)
        ?? throw new InvalidOperationException($"Session {number} with {endpoint.Target} could not be opened.");

    private static ScriptedInitiator Stick(Endpoint endpoint)
    {
        var stuck = new ScriptedInitiator(IPEndPoint.Parse(endpoint.Portal)) { Name = "iqn.2026-01.example.client:stuck" };
        stuck.LoginNormal(endpoint.Target);
        stuck.TakeAttentions(1);
        stuck.SendTogether(Enumerable.Range(1, 100).Select(i => stuck.Read((uint)i, 0, 2048).WithBytes(8, [0, 1])));
        return stuck;
    }

    private static double P99(Endpoint endpoint, int seconds)
    {
        using var session = Connect(endpoint, -2);
        var random = new Random(1);
        var latencies = new List<double>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            var began = Stopwatch.GetTimestamp();
            session.Read((ulong)random.NextInt64(LunBytes / 4096) * 4096, _ => latencies.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds));
            while (session.InFlight > 0 && !session.Broken)
                session.Pump(1000);
            if (session.Broken)
                throw new InvalidOperationException("The session broke.");
        }
        latencies.Sort();
        return latencies[(int)(latencies.Count * 0.99)];
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

using Futago.Benchmarks;
using Futago.Benchmarks.DataReplication;
using Futago.Benchmarks.Iscsi;
using Futago.Benchmarks.Snapshots;
using Futago.Benchmarks.Soak;
using Futago.Benchmarks.VolumeReplication;

if (BenchmarkOptions.Parse(args, out var fault) is not { } options)
{
    await System.Console.Error.WriteLineAsync($"bench.sh: {fault}");
    return 2;
}

var rows = options.Name switch
{
    "data-replication" => await DataReplicationBenchmark.RunAsync(options),
    "snapshots" => await SnapshotBenchmark.RunAsync(options),
    "iscsi" => await IscsiBenchmark.RunAsync(options),
    "iscsi-idle" => await SoakBenchmarks.IdleAsync(),
    "iscsi-stuck" => await SoakBenchmarks.StuckAsync(options),
    "iscsi-long" => await SoakBenchmarks.LongAsync(options),
    "volume-replication" => await VolumeReplicationBenchmark.RunAsync(options),
    _ => throw new InvalidOperationException("The options let only known names through."),
};
ResultTable.Print(rows, System.Console.Out);
if (options.JsonFile is not null)
    await ResultTable.SaveAsync(rows, options.JsonFile);
return 0;

using System.Globalization;
using System.Text.Json;
using Futago.Benchmarks.Iscsi;
using Futago.Testing.Processes;

namespace Futago.Benchmarks.VolumeReplication;

/// <summary>fio, for what libiscsi does not reach: an NBD export, and a file of a node.</summary>
internal static class FioJob
{
    /// <summary>Operations per second of a load on an NBD export, from the namespace of the client.</summary>
    public static async Task<double> RunOnNbdAsync(Load load, string uri, int seconds) => ReadRate(await Command.RunOkAsync("ip", [
        "netns", "exec", "futago-client", "fio", "--name=load", "--ioengine=nbd", $"--uri={uri}", $"--rw={(load.Random ? "randwrite" : "write")}",
        $"--bs={Text(load.BlockBytes)}", $"--iodepth={Text(load.QueueDepth)}", "--time_based", $"--runtime={Text(seconds)}", "--output-format=json"]));

    /// <summary>
    /// Times on the medium of node b when nothing else goes on, in µs, on average: of a 4 KiB write with the flush that makes it durable, and of that flush alone.
    /// </summary>
    public static async Task<(double DurableWrite, double Flush)> DurableWriteMicrosecondsAsync(BenchTwins twins)
    {
        var file = $"{twins.GroupRoot("b")}/probe";
        await BenchTwins.InNodeAsync(twins.EngineB, "fio", "--name=fill", $"--filename={file}", "--size=64M", "--rw=write", "--bs=1M", "--end_fsync=1");
        var output = await BenchTwins.InNodeAsync(
            twins.EngineB, "fio", "--name=probe", $"--filename={file}", "--size=64M", "--rw=randwrite", "--bs=4k", "--direct=1", "--fdatasync=1", "--time_based", "--runtime=3",
            "--output-format=json");
        return (1e6 / ReadRate(output), ReadFlushMicroseconds(output));
    }

    /// <summary>
    /// Bytes per second that the media give and take at once, as a resync needs them: node a reads a volume while node b writes. Here both are one device.
    /// The mean of the two rates: what either does faster than the other, a resync could not use.
    /// </summary>
    public static async Task<double> SequentialBytesAsync(BenchTwins twins, string volume)
    {
        var file = $"{twins.GroupRoot("b")}/probe";
        string[] common = ["fio", "--name=probe", "--bs=1M", "--iodepth=8", "--ioengine=libaio", "--direct=1", "--output-format=json"];
        string[] write = [.. common, $"--filename={file}", "--rw=write", "--size=1G"];
        // The second time the space is there already, as it is in a volume.
        await BenchTwins.InNodeAsync(twins.EngineB, [.. write, "--end_fsync=1"]);
        string[] timed = ["--time_based", "--runtime=5"];
        var reading = BenchTwins.InNodeAsync(twins.EngineA, [.. common, $"--filename={await twins.DataPathAsync(volume)}", "--rw=read", .. timed]);
        var writing = BenchTwins.InNodeAsync(twins.EngineB, [.. write, .. timed, "--end_fsync=1"]);
        var rates = ReadRate(await reading, "read") + ReadRate(await writing);
        await BenchTwins.InNodeAsync(twins.EngineB, "rm", file);
        return rates / 2 * (1 << 20);
    }

    private static double ReadRate(string output, string direction = "write")
    {
        using var document = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        return document.RootElement.GetProperty("jobs")[0].GetProperty(direction).GetProperty("iops").GetDouble();
    }

    private static double ReadFlushMicroseconds(string output)
    {
        using var document = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        return document.RootElement.GetProperty("jobs")[0].GetProperty("sync").GetProperty("lat_ns").GetProperty("mean").GetDouble() / 1000;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

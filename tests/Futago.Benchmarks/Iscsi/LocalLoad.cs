using System.Globalization;
using System.Text.Json;

namespace Futago.Benchmarks.Iscsi;

/// <summary>Load on a file without any network and target, by fio: the limit of what can be reached.</summary>
internal static class LocalLoad
{
    /// <summary>The same load. Operations per second.</summary>
    public static Task<double> RunAsync(ServedNode node, Load load, string file, long lengthBytes, int seconds) => RunAsync(node, load, file, lengthBytes,
    [
        "--ioengine=io_uring",
        .. For(seconds),
        // fio drops the cache of the file by itself unless told not to.
        $"--invalidate={(load.Cold ? 1 : 0)}",
        // Of a cold file every block is read once at most: what comes again comes from the cache, and is no limit of anything.
        .. load.Cold ? Array.Empty<string>() : ["--norandommap"],
        .. load.IsDurable ? new[] { "--sync=dsync" } : [],
        .. load.Direct ? new[] { "--direct=1" } : [],
    ]);

    /// <summary>
    /// As many writes as the load has in flight through the page cache, then one fdatasync for all of them: what nobody can beat who makes each write durable
    /// in its place before it is acknowledged, however fast the rest is. Operations per second.
    /// </summary>
    public static Task<double> RunInBatchesAsync(ServedNode node, Load load, string file, long lengthBytes, int seconds) => RunAsync(node, load, file, lengthBytes,
        ["--ioengine=psync", .. For(seconds), "--invalidate=0", "--norandommap", string.Create(CultureInfo.InvariantCulture, $"--fdatasync={load.QueueDepth}")]);

    /// <summary>What the medium can do: past the page cache, and nothing is waited for to be durable. Operations per second.</summary>
    public static Task<double> RunOnMediumAsync(ServedNode node, Load load, string file, long lengthBytes, int seconds) => RunAsync(node, load, file, lengthBytes,
        ["--ioengine=io_uring", .. For(seconds), "--direct=1", "--norandommap"]);

    /// <summary>Reads every block of a file that nothing is cached of, in random order.</summary>
    public static Task ReadEveryPageAsync(ServedNode node, string file, long lengthBytes) =>
        RunAsync(node, new Load("", Write: false, Random: true, BlockBytes: 4096, QueueDepth: 32, Sessions: 1, WriteBack: true), file, lengthBytes, ["--ioengine=io_uring", "--invalidate=0"]);

    private static string[] For(int seconds) => ["--time_based", string.Create(CultureInfo.InvariantCulture, $"--runtime={seconds}")];

    private static async Task<double> RunAsync(ServedNode node, Load load, string file, long lengthBytes, string[] more)
    {
        var output = await node.RunInsideAsync(
        [
            "fio", "--name=limit", "--output-format=json", "--randrepeat=0", "--group_reporting",
            $"--filename={file}",
            $"--rw={(load.Random ? "rand" : "")}{(load.Write ? "write" : "read")}",
            string.Create(CultureInfo.InvariantCulture, $"--bs={load.BlockBytes}"),
            string.Create(CultureInfo.InvariantCulture, $"--size={lengthBytes}"),
            string.Create(CultureInfo.InvariantCulture, $"--iodepth={load.QueueDepth}"),
            string.Create(CultureInfo.InvariantCulture, $"--numjobs={load.Sessions}"),
            .. more,
        ]);
        using var result = JsonDocument.Parse(output[output.IndexOf('{')..]);
        return result.RootElement.GetProperty("jobs")[0].GetProperty(load.Write ? "write" : "read").GetProperty("iops").GetDouble();
    }
}

using System.Globalization;
using System.Text.Json;

namespace Futago.Benchmarks.Iscsi;

/// <summary>The same load on the same file without any network and target: fio with io_uring, the limit of what can be reached.</summary>
internal static class LocalLoad
{
    /// <summary>Operations per second.</summary>
    public static async Task<double> RunAsync(ServedNode node, Load load, string file, long lengthBytes, int seconds)
    {
        var output = await node.RunInsideAsync(
        [
            "fio", "--name=limit", "--output-format=json", "--ioengine=io_uring", "--time_based", "--randrepeat=0", "--group_reporting",
            $"--filename={file}",
            $"--rw={(load.Random ? "rand" : "")}{(load.Write ? "write" : "read")}",
            string.Create(CultureInfo.InvariantCulture, $"--bs={load.BlockBytes}"),
            string.Create(CultureInfo.InvariantCulture, $"--size={lengthBytes}"),
            string.Create(CultureInfo.InvariantCulture, $"--iodepth={load.QueueDepth}"),
            string.Create(CultureInfo.InvariantCulture, $"--numjobs={load.Sessions}"),
            string.Create(CultureInfo.InvariantCulture, $"--runtime={seconds}"),
            // fio drops the cache of the file by itself unless told not to.
            $"--invalidate={(load.Cold ? 1 : 0)}",
            // Of a cold file every block is read once at most: what comes again comes from the cache, and is no limit of anything.
            .. load.Cold ? Array.Empty<string>() : ["--norandommap"],
            .. load.Write && !load.WriteBack ? new[] { "--sync=dsync" } : [],
        ]);
        using var result = JsonDocument.Parse(output[output.IndexOf('{')..]);
        return result.RootElement.GetProperty("jobs")[0].GetProperty(load.Write ? "write" : "read").GetProperty("iops").GetDouble();
    }
}

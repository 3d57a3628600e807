using System.Globalization;

namespace Futago.Benchmarks.VolumeReplication;

/// <summary>
/// Limits what processes may ask of block devices, in the kernel's block layer (cgroup v1, <c>blkio.throttle</c>): below everything that is
/// measured, and the same for all of it. The journal of the file system is written by the kernel itself and not limited.
/// </summary>
internal sealed class DeviceThrottle : IDisposable
{
    private const string Root = "/sys/fs/cgroup/blkio";
    private readonly string _path = $"{Root}/futago-bench-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
    private readonly List<int> _processes = [];

    /// <param name="devices">As <c>major:minor</c>.</param>
    /// <param name="operations">Writes per second and device, flushes among them.</param>
    /// <param name="bytes">Written per second and device.</param>
    public DeviceThrottle(IEnumerable<string> devices, int operations, long bytes)
    {
        Directory.CreateDirectory(_path);
        foreach (var device in devices)
        {
            Write("blkio.throttle.write_iops_device", string.Create(CultureInfo.InvariantCulture, $"{device} {operations}"));
            Write("blkio.throttle.write_bps_device", string.Create(CultureInfo.InvariantCulture, $"{device} {bytes}"));
        }
    }

    /// <summary>The kernel can do this here.</summary>
    public static bool IsAvailable => File.Exists($"{Root}/blkio.throttle.write_iops_device");

    /// <summary>With all its threads, from now on.</summary>
    public void Add(int pid)
    {
        _processes.Add(pid);
        Write("cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The processes are free again.</summary>
    public void Dispose()
    {
        foreach (var pid in _processes)
        {
            try
            {
                File.WriteAllText($"{Root}/cgroup.procs", pid.ToString(CultureInfo.InvariantCulture));
            }
            catch (IOException)
            {
                // It has ended.
            }
        }
        Directory.Delete(_path);
    }

    private void Write(string file, string text) => File.WriteAllText($"{_path}/{file}", text);
}

namespace Futago.Benchmarks.Iscsi;

/// <summary>What is served, once by the node and once by its peer.</summary>
/// <param name="WriteBack">It acknowledges from its cache, and not only when the medium has the data.</param>
/// <param name="OnExt4">Its file lies on an ext4 instead of the volume group's XFS.</param>
/// <param name="Direct">Block I/O: past the page cache.</param>
internal readonly record struct Lun(bool WriteBack, bool OnExt4 = false, bool Direct = false)
{
    public string Name => (WriteBack ? "wb" : "wt") + (OnExt4 ? "-ext4" : "") + (Direct ? "-block" : "");
}

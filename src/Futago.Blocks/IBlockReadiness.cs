namespace Futago.Blocks;

/// <summary>
/// Optional capability of an <see cref="IBlockDevice"/> that does not serve at all times, such as one side of a replicated volume.
/// While it is not ready its requests end with <see cref="BlockStatus.Offline"/>.
/// </summary>
public interface IBlockReadiness
{
    BlockReadiness Readiness { get; }
}

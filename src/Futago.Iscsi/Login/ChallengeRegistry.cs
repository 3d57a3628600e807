using System.Collections.Concurrent;

namespace Futago.Iscsi.Login;

/// <summary>
/// CHAP challenges that are waiting for an answer anywhere in the server. An initiator that sends us one of them back wants us to
/// compute its own answer (reflection, also across connections), RFC 7143 section 9.2.1.
/// </summary>
internal sealed class ChallengeRegistry
{
    private readonly ConcurrentDictionary<string, bool> _open = new(StringComparer.Ordinal);

    public void Add(byte[] challenge) => _open[Convert.ToHexString(challenge)] = true;

    public void Remove(byte[] challenge) => _open.TryRemove(Convert.ToHexString(challenge), out _);

    public bool Contains(byte[] challenge) => _open.ContainsKey(Convert.ToHexString(challenge));
}

namespace Futago.Replication;

/// <summary>
/// The note that this node's copy of a volume lacks writes which the peer has (I15). It is kept away from the volume's medium: it is made
/// when that has failed. Called from any thread, one call at a time.
/// </summary>
public interface IBehindNote
{
    /// <returns>True also when there is a note that cannot be understood.</returns>
    /// <exception cref="IOException">Whether there is one cannot be told.</exception>
    bool IsMade();

    /// <summary>Durable when it returns.</summary>
    /// <param name="generation">Of the data that are behind, 16 hexadecimal digits; for people.</param>
    /// <param name="term">Highest term of authority that this node has heard of; for people.</param>
    /// <exception cref="IOException">Whether it was made is unknown.</exception>
    void Make(string generation, ulong term);

    /// <summary>Takes it away, durably, if there is one.</summary>
    /// <exception cref="IOException">It may still be there.</exception>
    void Remove();
}

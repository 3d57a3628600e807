namespace Futago.Replication.Tests.Volumes;

/// <summary>A note in memory, which can be made to fail.</summary>
internal sealed class BehindNote : IBehindNote
{
    private volatile bool _made;
    private volatile bool _fails;

    public bool Fails
    {
        get => _fails;
        set => _fails = value;
    }

    public int Attempts { get; private set; }

    public bool IsMade() => _made;

    public void Make(string generation, ulong term) => Change(made: true);

    public void Remove() => Change(made: false);

    private void Change(bool made)
    {
        Attempts++;
        if (_fails)
            throw new IOException("The medium of the note has failed.");
        _made = made;
    }
}

namespace Futago.Failover;

/// <summary>Values go over the wire: append only. Only <see cref="Ok"/> is authenticated; the others are hints for the log.</summary>
internal enum WelcomeStatus : byte
{
    Ok = 0,
    /// <summary>The witness knows this pair by another key.</summary>
    OtherKey = 1,
    /// <summary>The hello's version is not known here.</summary>
    OtherVersion = 2,
}

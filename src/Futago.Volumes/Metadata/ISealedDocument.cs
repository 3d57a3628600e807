namespace Futago.Volumes.Metadata;

/// <summary>A record kept by <see cref="SealedDocument"/>.</summary>
public interface ISealedDocument
{
    /// <summary>Starts at 1 and grows with every change that an older reader would misunderstand.</summary>
    int FormatVersion { get; }
}

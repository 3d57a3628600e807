namespace Futago.Volumes.Metadata;

public enum SealedDocumentState
{
    Good,
    Absent,
    /// <summary>Cut off, changed by hand or by a failing disk: the checksum does not fit, or it is not such a document at all.</summary>
    Damaged,
    /// <summary>Written by a later version of the product.</summary>
    Newer,
}

namespace Futago.Scsi.Sanitize;

/// <summary>Where a sanitize operation of one logical unit is noted from its start to its successful end, beside the data.</summary>
public interface ISanitizeStore
{
    /// <returns>The operation that had begun and did not come to its end when the engine did; null when there is none.</returns>
    SanitizeRecord? Load();

    /// <summary>Durable when it returns. Throws when that fails. Before the note goes, what is kept of the data beside it is destroyed as well.</summary>
    /// <param name="record">Null when the operation has come to its end, or its failure was accepted.</param>
    void Save(SanitizeRecord? record);
}

/// <summary>A sanitize operation that was begun.</summary>
/// <param name="ServiceAction">SERVICE ACTION of the SANITIZE command.</param>
/// <param name="AllowsExit">AUSE: SANITIZE EXIT FAILURE MODE may give up on it.</param>
public sealed record SanitizeRecord(int ServiceAction, bool AllowsExit);

namespace Futago.Scsi.Mode;

/// <summary>Where mode parameters that an initiator has saved (SP of MODE SELECT) outlive a reset and a restart.</summary>
public interface IModeStore
{
    /// <returns>What was saved last; null when nothing was.</returns>
    ModeValues? Load();

    /// <summary>Durable when it returns; may wait for the medium. Throws when that fails.</summary>
    void Save(ModeValues values);
}

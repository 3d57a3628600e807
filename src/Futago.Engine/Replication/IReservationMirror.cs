namespace Futago.Engine.Replication;

/// <summary>Where the reservations of a replicated volume are kept on both nodes.</summary>
internal interface IReservationMirror
{
    /// <summary>What a LUN that is set up now begins with; null: with what is beside the volume.</summary>
    byte[]? Reservations { get; }

    /// <summary>Complete when both nodes have it, or this one alone where that is permitted.</summary>
    /// <exception cref="IOException">It could not be stored.</exception>
    Task SaveReservationsAsync(byte[] value);
}

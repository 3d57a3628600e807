namespace Futago.Engine.Link.PathTest;

/// <summary>On the wire; append only.</summary>
internal enum PathTestOperation : byte
{
    /// <summary>The bytes come back as they are.</summary>
    Echo = 1,
    /// <summary>The bytes are thrown away; the header comes back when all of them have arrived.</summary>
    Take = 2,
    /// <summary>The header comes back, followed by that many bytes.</summary>
    Give = 3,
}

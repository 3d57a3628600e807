namespace Futago.Iscsi.Login;

/// <summary>How the two values of a key become one, RFC 7143 sections 6.2 and 13.</summary>
internal enum ResultFunction
{
    /// <summary>Numbers: the smaller of the two.</summary>
    Minimum,
    /// <summary>Numbers: the larger of the two.</summary>
    Maximum,
    /// <summary>Yes only if both say Yes.</summary>
    And,
    /// <summary>Yes if either says Yes.</summary>
    Or,
    /// <summary>The first value of the offered list that we know.</summary>
    FirstSupported,
    /// <summary>A number that the sender announces about itself; no answer.</summary>
    Declaration,
    /// <summary>Markers, withdrawn by RFC 7143: never in use.</summary>
    Withdrawn,
}

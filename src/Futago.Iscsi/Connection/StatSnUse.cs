namespace Futago.Iscsi.Connection;

/// <summary>RFC 7143 section 4.2.2.2: what goes into StatSN, ExpCmdSN and MaxCmdSN of a PDU.</summary>
internal enum StatSnUse
{
    /// <summary>The PDU carries status: it takes the next number.</summary>
    Advance,
    /// <summary>The PDU shows the next number without taking it (R2T, NOP-In as a ping).</summary>
    Show,
    /// <summary>The field is reserved (Data-In without status).</summary>
    Omit,
}

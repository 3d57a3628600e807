namespace Futago.Scsi.Commands;

/// <summary>Names of operation codes for people, as SPC-4 and SBC-3 spell them.</summary>
public static class OperationNames
{
    private static readonly string[] _names = Build();

    /// <summary>An operation code that is not known appears as its number, such as <c>0xF7</c>.</summary>
    public static string Of(byte operationCode) => _names[operationCode];

    private static string[] Build()
    {
        var names = new string[256];
        for (var code = 0; code < names.Length; code++)
            names[code] = $"0x{code:X2}";
        foreach (var definition in CommandTable.All)
            names[definition.OperationCode] = definition.Name;
        // Operation codes that are told apart further by their service action.
        names[0x48] = "SANITIZE";
        names[0x5E] = "PERSISTENT RESERVE IN";
        names[0x5F] = "PERSISTENT RESERVE OUT";
        names[0x83] = "THIRD-PARTY COPY OUT";
        names[0x84] = "THIRD-PARTY COPY IN";
        names[0x9E] = "SERVICE ACTION IN(16)";
        names[0xA3] = "MAINTENANCE IN";
        names[0xA4] = "MAINTENANCE OUT";
        return names;
    }
}

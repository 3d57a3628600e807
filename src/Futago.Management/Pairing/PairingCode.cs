using System.Security.Cryptography;

namespace Futago.Management.Pairing;

/// <summary>
/// The one-time code: 16 characters of Crockford's base 32, 80 bits, in groups of four. So many bits because who stands between
/// the nodes can try codes against a recorded proof on machines of his own: 10 minutes are not enough for 2^80.
/// </summary>
public static class PairingCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 16;
    private const int GroupLength = 4;

    /// <summary>More than anybody types for 16 characters.</summary>
    private const int TypedLengthMaximum = 64;

    public static string Create() =>
        string.Join('-', RandomNumberGenerator.GetString(Alphabet, Length).Chunk(GroupLength).Select(group => new string(group)));

    /// <summary>Reads what a person typed: case, hyphens and blanks do not matter, O is 0, I and L are 1. False when it is no code.</summary>
    public static bool TryNormalise(string? typed, out string code)
    {
        code = "";
        if (typed is null || typed.Length > TypedLengthMaximum)
            return false;
        var characters = typed.Where(c => c is not ('-' or ' ')).Select(c => char.ToUpperInvariant(c) switch
        {
            'O' => '0',
            'I' or 'L' => '1',
            var other => other,
        }).ToArray();
        code = new string(characters);
        return characters.Length == Length && characters.All(Alphabet.Contains);
    }
}

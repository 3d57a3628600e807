using System.Globalization;

namespace Futago.Volumes;

/// <summary>Names of groups and volumes: 1–32 of <c>a-z A-Z 0-9 _ -</c>, letter first. Group names become directory names.</summary>
internal static class ObjectName
{
    private const int LengthMaximum = 32;

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= LengthMaximum
        && char.IsAsciiLetter(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    public static void Check(string name, string field)
    {
        if (!IsValid(name))
            throw StorageException.Invalid(
                StorageCodes.NameInvalid,
                $"The name “{Printable(name)}” is not valid: use 1 to {LengthMaximum} of the characters a-z A-Z 0-9 _ -, starting with a letter.",
                field,
                ("name", Printable(name)));
    }

    /// <summary>Next free default name: prefix and a number of at least <paramref name="digits"/> digits.</summary>
    public static string Next(string prefix, int digits, IReadOnlyCollection<string> taken)
    {
        // One more candidate than there are names, so one of them is free.
        for (var number = 0; number <= taken.Count; number++)
        {
            var name = prefix + number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
            if (!taken.Contains(name))
                return name;
        }
        throw new InvalidOperationException("More names are taken than exist.");
    }

    /// <summary>What a person typed, cut and without control characters, fit for a message.</summary>
    public static string Printable(string text) =>
        new([.. text.Take(64).Select(c => char.IsControl(c) ? '?' : c)]);
}

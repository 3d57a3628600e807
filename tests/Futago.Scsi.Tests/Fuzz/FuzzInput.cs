using System.Globalization;

namespace Futago.Scsi.Tests.Fuzz;

/// <summary>One command as an initiator sends it. In the corpus one line each: CDB, data-out or <c>-</c>, room for data-in; <c>#</c> begins a remark.</summary>
/// <param name="Cdb">16 bytes.</param>
internal sealed record FuzzInput(byte[] Cdb, byte[]? DataOut, int DataIn)
{
    public static IReadOnlyList<FuzzInput> ReadCorpus() =>
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus"), "*.txt").Order(StringComparer.Ordinal)
            .SelectMany(File.ReadAllLines).Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0).Select(Parse),
    ];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Convert.ToHexString(Cdb)} {(DataOut is null ? "-" : Convert.ToHexString(DataOut))} {DataIn}");

    private static FuzzInput Parse(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var cdb = Convert.FromHexString(parts[0]);
        Array.Resize(ref cdb, 16);
        return new FuzzInput(cdb, parts[1] == "-" ? null : Convert.FromHexString(parts[1]), int.Parse(parts[2], CultureInfo.InvariantCulture));
    }
}

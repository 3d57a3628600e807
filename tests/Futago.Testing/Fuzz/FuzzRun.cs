using System.Globalization;

namespace Futago.Testing.Fuzz;

/// <summary>How long a fuzzer goes on, and from which seed: FUTAGO_FUZZ is the number of inputs, FUTAGO_FUZZ_SEED makes a run come again.</summary>
/// <param name="Count">Inputs.</param>
public sealed record FuzzRun(long Count, int Seed)
{
    /// <param name="usual">Inputs in an ordinary run of the tests.</param>
    /// <param name="seed">Of an ordinary run, which therefore is the same every time.</param>
    public static FuzzRun FromEnvironment(long usual, int seed)
    {
        var count = Environment.GetEnvironmentVariable("FUTAGO_FUZZ") is { Length: > 0 } number ? long.Parse(number, CultureInfo.InvariantCulture) : usual;
        var chosen = Environment.GetEnvironmentVariable("FUTAGO_FUZZ_SEED") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : seed;
        return new FuzzRun(count, chosen);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"FUTAGO_FUZZ={Count} FUTAGO_FUZZ_SEED={Seed}");
}

using System.Reflection;
using System.Text.RegularExpressions;
using Futago.Engine.Contracts;

namespace Futago.Architecture.Tests;

/// <summary>The stable identifiers that scripts and translations depend on: of problems, and of events.</summary>
public partial class CodeTests
{
    public static TheoryData<Type> Catalogues =>
        [.. typeof(ProblemCodes).Assembly.GetExportedTypes().Where(type => type.Name.EndsWith("Codes", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Codes_AreUnique(Type catalogue)
    {
        var codes = Codes(catalogue);

        Assert.NotEmpty(codes);
        Assert.Equal(codes.Distinct(), codes);
    }

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void Codes_AreWordsOfOneForm(Type catalogue) => Assert.All(Codes(catalogue), code => Assert.Matches(Form(), code));

    private static List<string> Codes(Type catalogue) =>
        [.. catalogue.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];

    [GeneratedRegex("^[a-z]+(-[a-z]+)*(\\.[a-z]+(-[a-z]+)*)?$")]
    private static partial Regex Form();
}

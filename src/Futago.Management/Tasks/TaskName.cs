using Futago.Engine.Contracts;

namespace Futago.Management.Tasks;

/// <summary>Names of tasks: 1–64 letters (of any script), digits, blanks and <c>_ - .</c>, a letter or digit first.</summary>
public static class TaskName
{
    private const int LengthMax = 64;

    public static string Check(string? name, string field = "name")
    {
        var trimmed = name?.Trim() ?? "";
        if (trimmed.Length is 0 or > LengthMax || !char.IsLetterOrDigit(trimmed[0]) || !trimmed.All(c => char.IsLetterOrDigit(c) || c is ' ' or '_' or '-' or '.'))
            throw ProblemException.Invalid(ProblemCodes.NameInvalid,
                $"The name of a task has 1 to {LengthMax} letters, digits, blanks and _ - ., and begins with a letter or digit.", field,
                ("name", new string([.. trimmed.Take(LengthMax).Select(c => char.IsControl(c) ? '?' : c)])));
        return trimmed;
    }
}

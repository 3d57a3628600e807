namespace Futago.Cli.Commands;

/// <summary><c>completion</c>: a script for the shell that asks this command what could come next.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Shell completion of futago for bash: source <(futago completion)
        _futago() {
          local line="${COMP_LINE:0:COMP_POINT}" IFS=$'\n'
          COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
          compopt -o default 2>/dev/null
        }
        complete -F _futago futago ./futago
        """;

    public static Verb Create() => new("completion", "Writes a script that completes this command in bash: source <(futago completion).", call =>
    {
        call.Environment.Output.WriteLine(Bash);
        return Task.CompletedTask;
    });
}

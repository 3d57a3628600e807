namespace Futago.Testing.Processes;

/// <summary>A digest of a tree with everything that data replication copies, for trees in mount namespaces that one program cannot see both.</summary>
public static class TreeDigest
{
    /// <summary>
    /// SHA-256 over names, contents, owners, modes, times to the nanosecond, links, access control lists and extended attributes; the
    /// product's own file at the root is left out.
    /// </summary>
    /// <param name="root">May lead through <c>/proc/PID/root</c>.</param>
    public static async Task<string> OfAsync(string root) => (await Command.RunAsync(
        "bash",
        ["-o", "pipefail", "-ec", "tar --format=posix --pax-option=delete=atime,delete=ctime,exthdr.name=%f --acls --xattrs --sort=name --numeric-owner --exclude=./.futago-volume -C \"$0\" -cf - . | sha256sum", root],
        TimeSpan.FromMinutes(10))).EnsureSuccess().Output.Trim();

    /// <summary>What differs between two trees, some lines of it; empty when nothing does.</summary>
    public static async Task<string> DifferenceAsync(string one, string other)
    {
        if (await OfAsync(one) == await OfAsync(other))
            return "";
        const string script = """
            list() {
              cd "$1"
              find . ! -path ./.futago-volume -printf '%P|%y|%m|%U|%G|%s|%T@|%l|%n\n' | LC_ALL=C sort
              getfacl --recursive --physical --numeric --skip-base . 2>/dev/null
              getfattr --recursive --no-dereference --dump --match=- . 2>/dev/null | grep -v futago-volume
              find . -type f ! -path ./.futago-volume -exec sha256sum {} + | LC_ALL=C sort -k 2
            }
            { diff <(list "$0") <(list "$1") || true; } | head -n 60
            """;
        return $"{one} and {other} differ:\n{await Command.RunOkAsync("bash", "-c", script, one, other)}";
    }
}

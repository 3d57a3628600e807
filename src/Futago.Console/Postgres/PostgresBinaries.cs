using System.Globalization;

namespace Futago.Console.Postgres;

/// <summary>An installed PostgreSQL server.</summary>
/// <param name="Directory">Holds <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c>.</param>
public sealed record PostgresBinaries(int Major, string Directory)
{
    /// <summary>Where Debian and its relatives put one directory per major version.</summary>
    public const string DefaultRoot = "/usr/lib/postgresql";

    public string Postgres => Path.Combine(Directory, "postgres");

    public string Initdb => Path.Combine(Directory, "initdb");

    public string PgCtl => Path.Combine(Directory, "pg_ctl");

    public static IReadOnlyList<PostgresBinaries> FindInstalled(string root = DefaultRoot)
    {
        if (!System.IO.Directory.Exists(root))
            return [];
        List<PostgresBinaries> found = [];
        foreach (var version in System.IO.Directory.EnumerateDirectories(root))
        {
            var bin = new PostgresBinaries(ParseMajor(Path.GetFileName(version)), Path.Combine(version, "bin"));
            if (bin.Major > 0 && File.Exists(bin.Postgres) && File.Exists(bin.Initdb) && File.Exists(bin.PgCtl))
                found.Add(bin);
        }
        return [.. found.OrderByDescending(b => b.Major)];
    }

    /// <summary>The binaries for a cluster: of its own major version, or the newest for a new one.</summary>
    /// <exception cref="StartupException">None fits; the sentence says what to install.</exception>
    public static PostgresBinaries Choose(IReadOnlyList<PostgresBinaries> installed, string clusterDirectory)
    {
        if (installed.Count == 0)
            throw new StartupException($"No PostgreSQL server is installed under {DefaultRoot}. Install it (apt install postgresql), or use --connection-string-file.");
        var versionFile = Path.Combine(clusterDirectory, "PG_VERSION");
        if (!File.Exists(versionFile))
            return installed[0];
        var major = ParseMajor(File.ReadAllText(versionFile).Trim());
        if (installed.FirstOrDefault(b => b.Major == major) is { } match)
            return match;
        var reason = major > installed[0].Major ? "newer than" : "not the same as";
        throw new StartupException(
            $"The database in {clusterDirectory} was written by PostgreSQL {major}, {reason} the installed version {installed[0].Major}. " +
            $"Install PostgreSQL {major} (apt install postgresql-{major}), or name another directory with --postgres-data. Nothing was changed.");
    }

    private static int ParseMajor(string text) =>
        int.TryParse(text.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0;
}

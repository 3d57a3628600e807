using System.Globalization;
using System.Text;
using Futago.DataReplication.Agent;

namespace Futago.DataReplication.Rsync;

/// <summary>
/// Configuration of an rsync daemon that lives for one connection and knows only the shares of that connection. It has no network of
/// its own: it reads and writes standard input and output. docs/adr/0010-one-rsync-daemon-per-connection.md.
/// </summary>
internal sealed class RsyncModules : IDisposable
{
    /// <summary>In seconds without any data from the other side.</summary>
    private const int IdleTimeoutSeconds = 300;

    /// <summary>Options of the source that could undo the guards, or make the agent run or read something of its own.</summary>
    private const string RefusedOptions =
        "delete-excluded ignore-errors force keep-dirlinks copy-dirlinks copy-links copy-unsafe-links inplace append append-verify write-devices copy-devices "
        + "remove-source-files remove-sent-files backup backup-dir suffix temp-dir link-dest compare-dest copy-dest super fake-super chown usermap groupmap log-file";

    private readonly string _directory;

    private RsyncModules(string directory) => _directory = directory;

    public string ConfigurationPath => Path.Combine(_directory, "rsyncd.conf");

    /// <param name="runtime">The engine's own directory for it; only root can look into it.</param>
    public static RsyncModules Create(string runtime, IEnumerable<AgentShare> shares)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var locks = Path.Combine(runtime, "locks");
        Directory.CreateDirectory(runtime, OwnerOnly);
        Directory.CreateDirectory(locks, OwnerOnly);
        var modules = new RsyncModules(Path.Combine(runtime, Guid.NewGuid().ToString("n")));
        Directory.CreateDirectory(modules._directory, OwnerOnly);
        try
        {
            var text = new StringBuilder();
            foreach (var (share, number) in shares.Select((s, i) => (s, i)))
            {
                var secrets = Path.Combine(modules._directory, $"secrets{number.ToString(CultureInfo.InvariantCulture)}");
                WriteSecret(secrets, $"{share.User}:{share.Password}\n");
                Append(text, share, secrets, Path.Combine(locks, share.LockName));
            }
            WriteSecret(modules.ConfigurationPath, text.ToString());
            return modules;
        }
        catch
        {
            modules.Dispose();
            throw;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    // Every value has been checked where it came in; the check here is what makes the file safe whatever happens there.
    private static void Append(StringBuilder text, AgentShare share, string secrets, string lockFile)
    {
        var path = share.Folder.Length == 0 ? share.Root! : $"{share.Root}/./{share.Folder}";
        if (!ShareRules.IsName(share.Name) || !ShareRules.IsUser(share.User) || !ShareRules.IsPassword(share.Password) || !IsPlain(path) || !IsPlain(secrets) || !IsPlain(lockFile))
            throw new InvalidOperationException($"The share {share.Name} cannot be written into a configuration file.");
        text.Append(CultureInfo.InvariantCulture, $"""
            [{share.Name}]
            path = {path}
            use chroot = yes
            munge symlinks = no
            read only = no
            write only = no
            list = no
            uid = 0
            gid = 0
            numeric ids = yes
            auth users = {share.User}
            secrets file = {secrets}
            strict modes = yes
            max connections = 1
            lock file = {lockFile}
            timeout = {IdleTimeoutSeconds}
            transfer logging = no
            log file = /dev/null
            refuse options = {RefusedOptions}

            """);
    }

    /// <summary>Nothing that rsyncd.conf gives a meaning to: line ends, continuation, variables.</summary>
    private static bool IsPlain(string value) => value.Length > 0 && value[^1] != '\\' && !value.Any(c => char.IsControl(c) || c == '%') && value.Trim() == value;

    private static void WriteSecret(string path, string content)
    {
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(Encoding.UTF8.GetBytes(content));
    }
}

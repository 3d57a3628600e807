namespace Futago.Engine.Shares;

/// <summary>Where Samba's files are. Its sockets need short paths, so what is not to be kept is beside the engine's own socket.</summary>
/// <param name="StateDirectory">Kept: the password database.</param>
/// <param name="RuntimeDirectory">Made anew at every start.</param>
internal sealed record SambaPaths(string StateDirectory, string RuntimeDirectory)
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string ConfigurationFile => Path.Combine(RuntimeDirectory, "smb.conf");

    public string PasswdFile => Path.Combine(RuntimeDirectory, "passwd");

    public string GroupFile => Path.Combine(RuntimeDirectory, "group");

    public string PasswordDatabase => Path.Combine(StateDirectory, "passdb.tdb");

    public string LogFile => Path.Combine(StateDirectory, "smbd.log");

    /// <summary>What Samba's programs find in their environment: nss_wrapper(1) with our accounts.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = "libnss_wrapper.so",
        ["NSS_WRAPPER_PASSWD"] = PasswdFile,
        ["NSS_WRAPPER_GROUP"] = GroupFile,
    };

    public void Prepare()
    {
        Directory.CreateDirectory(StateDirectory, DirectoryMode);
        if (Directory.Exists(RuntimeDirectory))
            Directory.Delete(RuntimeDirectory, recursive: true);
        Directory.CreateDirectory(RuntimeDirectory, DirectoryMode);
    }
}

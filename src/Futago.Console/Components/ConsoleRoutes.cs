namespace Futago.Console.Components;

/// <summary>Every address of the console's pages. Links are built here and nowhere else.</summary>
public static class ConsoleRoutes
{
    public const string Overview = "/";
    public const string Units = "/units";
    public const string Groups = "/groups";
    public const string GroupTemplate = "/groups/{Name}";
    public const string Volumes = "/volumes";
    public const string Snapshots = "/snapshots";
    public const string Shares = "/shares";
    public const string Targets = "/targets";
    public const string TargetTemplate = "/targets/{Name}";
    public const string TargetTabTemplate = "/targets/{Name}/{Tab}";
    public const string Sessions = "/sessions";
    public const string SessionTemplate = "/sessions/{Id:long}";
    public const string RefusedLogins = "/refused-logins";
    public const string Tasks = "/tasks";
    public const string DataReplication = "/data-replication";
    public const string VolumeReplications = "/volume-replications";
    public const string VolumeReplicationTemplate = "/volume-replications/{Name}";
    public const string SplitBrainTemplate = "/volume-replications/{Name}/split-brain";
    public const string Failover = "/failover";
    public const string FailoverCreate = "/failover/create";
    public const string FailoverParts = "/failover#definition";
    public const string Network = "/network";
    public const string Events = "/events";
    public const string Settings = "/settings";
    public const string Pair = "/pair";
    public const string Users = "/users";
    public const string Tokens = "/tokens";

    public const string Setup = "/setup";
    public const string SignIn = "/sign-in";
    public const string Starting = "/starting";
    public const string NotFound = "/not-found";

    public const string PostSetup = "/account/setup";
    public const string PostSignIn = "/account/sign-in";
    public const string PostSignOut = "/account/sign-out";
    public const string PostLanguage = "/account/language";

    public static string Group(string name) => $"{Groups}/{Uri.EscapeDataString(name)}";

    public static string VolumesOf(string? group) => group is null ? Volumes : $"{Volumes}?group={Uri.EscapeDataString(group)}";

    public static string SnapshotsOf(string volume) => $"{Snapshots}?volume={Uri.EscapeDataString(volume)}";

    /// <summary>The volumes page with its creation dialog open, for the group when one is named.</summary>
    public static string NewVolume(string? group = null) =>
        group is null ? $"{Volumes}?new=1" : $"{Volumes}?group={Uri.EscapeDataString(group)}&new=1";

    public static string Target(string name, TargetTab tab = TargetTab.Luns) =>
        tab == TargetTab.Luns ? $"{Targets}/{Uri.EscapeDataString(name)}" : $"{Targets}/{Uri.EscapeDataString(name)}/{Segment(tab)}";

    public static string Session(long id) => $"{Sessions}/{id.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>The capture of a session as a file.</summary>
    public static string CaptureFile(long session) => $"/api/v1/sessions/{session.ToString(System.Globalization.CultureInfo.InvariantCulture)}/capture/file";

    public static string EventsOf(string? severity, string? source, string? search, long? before = null)
    {
        List<string> query = [];
        Add(query, "severity", severity);
        Add(query, "source", source);
        Add(query, "search", search);
        Add(query, "before", before?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return query.Count == 0 ? Events : $"{Events}?{string.Join('&', query)}";
    }

    public static string TasksOf(string? task, string? status, string? search, long? before = null)
    {
        List<string> query = [];
        Add(query, "task", task);
        Add(query, "status", status);
        Add(query, "search", search);
        Add(query, "before", before?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return query.Count == 0 ? Tasks : $"{Tasks}?{string.Join('&', query)}";
    }

    public static string VolumeReplication(string task) => $"{VolumeReplications}/{Uri.EscapeDataString(task)}";

    public static string SplitBrain(string task) => $"{VolumeReplication(task)}/split-brain";

    /// <summary>The task log as a file.</summary>
    public static string TaskLogCsv(string? task, string? status, string? search)
    {
        List<string> query = [];
        Add(query, "task", task);
        Add(query, "status", status);
        Add(query, "search", search);
        return $"/api/v1/tasks/log.csv?{string.Join('&', query)}";
    }

    /// <summary>The tab that a URL segment names; the first tab for none or an unknown one.</summary>
    public static TargetTab ParseTab(string? segment) =>
        Enum.TryParse<TargetTab>(segment, ignoreCase: true, out var tab) && Enum.IsDefined(tab) ? tab : TargetTab.Luns;

    private static string Segment(TargetTab tab) => tab.ToString().ToLowerInvariant();

    private static void Add(List<string> query, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            query.Add($"{name}={Uri.EscapeDataString(value)}");
    }
}

using Futago.Console.Resources;

namespace Futago.Console.Components.Layout;

/// <summary>The way from the overview to a page.</summary>
public static class Breadcrumbs
{
    /// <param name="relativePath">Path below the base address, with or without a query.</param>
    public static IReadOnlyList<Crumb> Of(string relativePath)
    {
        var path = relativePath.Split('?', '#')[0].Trim('/');
        List<Crumb> trail = [new(ShellText.Overview, ConsoleRoutes.Overview)];
        if (path.Length == 0)
            return trail;
        var segments = path.Split('/');
        var page = "/" + segments[0];
        if (Section(page) is var (section, name))
        {
            trail.Add(new Crumb(section, null));
            trail.Add(new Crumb(name, page));
        }
        if (segments.Length > 1 && page is ConsoleRoutes.Groups or ConsoleRoutes.Targets or ConsoleRoutes.VolumeReplications)
            trail.Add(new Crumb(Uri.UnescapeDataString(segments[1]), $"{page}/{segments[1]}"));
        if (segments is [_, "create"] && page == ConsoleRoutes.Failover)
            trail.Add(new Crumb(FailoverText.Create, ConsoleRoutes.FailoverCreate));
        return trail;
    }

    private static (string Section, string Page)? Section(string page) => page switch
    {
        ConsoleRoutes.Units => (ShellText.VolumeManager, ShellText.Units),
        ConsoleRoutes.Groups => (ShellText.VolumeManager, ShellText.Groups),
        ConsoleRoutes.Volumes => (ShellText.VolumeManager, ShellText.Volumes),
        ConsoleRoutes.Snapshots => (ShellText.VolumeManager, ShellText.Snapshots),
        ConsoleRoutes.Shares => (ShellText.Nas, ShellText.Shares),
        ConsoleRoutes.Targets => ("iSCSI", ShellText.Targets),
        ConsoleRoutes.Sessions => ("iSCSI", ShellText.Sessions),
        ConsoleRoutes.RefusedLogins => ("iSCSI", ShellText.RefusedLogins),
        ConsoleRoutes.Pair => (ShellText.Replication, ShellText.Pair),
        ConsoleRoutes.DataReplication => (ShellText.Replication, DataReplicationText.Title),
        ConsoleRoutes.VolumeReplications => (ShellText.Replication, VolumeReplicationText.Title),
        ConsoleRoutes.Failover => (ShellText.Replication, FailoverText.Title),
        ConsoleRoutes.Network => (ShellText.Settings, NetworkText.Title),
        ConsoleRoutes.Tasks => (ShellText.Status, ShellText.Tasks),
        ConsoleRoutes.Events => (ShellText.Status, ShellText.Events),
        ConsoleRoutes.Settings => (ShellText.Settings, ShellText.NodeAndPortals),
        ConsoleRoutes.Users => (ShellText.Settings, ShellText.Users),
        ConsoleRoutes.Tokens => (ShellText.Settings, ShellText.Tokens),
        _ => null,
    };
}

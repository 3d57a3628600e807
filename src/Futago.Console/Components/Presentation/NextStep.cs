using Futago.Console.Client.Node;
using Futago.Console.Client.Targets;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Components.Presentation;

/// <summary>One step from a fresh node to one that serves a volume.</summary>
public sealed record NextStep(string Title, string Text, string Address, bool Done)
{
    public static IReadOnlyList<NextStep> Of(ILiveStatus live, IReadOnlyList<TargetView> targets)
    {
        // The target that is furthest on is the one whose next step is worth showing.
        var target = targets.OrderByDescending(t => (t.Luns.Count > 0 ? 1 : 0) + (t.AccessRules.Count > 0 ? 1 : 0) + (t.Started ? 1 : 0)).FirstOrDefault();
        string OnTarget(TargetTab tab) => target is null ? ConsoleRoutes.Targets : ConsoleRoutes.Target(target.Name, tab);
        return
        [
            new(OverviewText.StepUnit, OverviewText.StepUnitText, ConsoleRoutes.Units,
                live.Groups.Count > 0 || live.Units.Any(u => u.Use == UnitUse.Free)),
            new(OverviewText.StepGroup, OverviewText.StepGroupText, ConsoleRoutes.Groups, live.Groups.Count > 0),
            new(OverviewText.StepVolume, OverviewText.StepVolumeText, ConsoleRoutes.NewVolume(), live.Volumes.Count > 0),
            new(OverviewText.StepTarget, OverviewText.StepTargetText, ConsoleRoutes.Targets, targets.Count > 0),
            new(OverviewText.StepLun, OverviewText.StepLunText, OnTarget(TargetTab.Luns), targets.Any(t => t.Luns.Count > 0)),
            new(OverviewText.StepAccess, OverviewText.StepAccessText, OnTarget(TargetTab.Access), targets.Any(t => t.AccessRules.Count > 0)),
            new(OverviewText.StepStart, OverviewText.StepStartText, OnTarget(TargetTab.Luns), targets.Any(t => t.Started)),
        ];
    }
}

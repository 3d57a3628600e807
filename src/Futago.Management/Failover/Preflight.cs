using Futago.Console.Client.Failover;
using Futago.Engine.Contracts;

namespace Futago.Management.Failover;

/// <summary>
/// What has to be right before the failover manager may be started, and what should be known. Decided from what both nodes said,
/// without asking anybody: so every sentence can be tested.
/// </summary>
internal sealed partial class Preflight
{
    private readonly PreflightInput _input;
    private readonly List<FailoverCheck> _checks = [];

    private Preflight(PreflightInput input) => _input = input;

    /// <summary>The one that was lost of both nodes' looks is left out.</summary>
    private IEnumerable<FailoverLook> Looks => _input.PeerLook is { } peer ? [_input.Look, peer] : [_input.Look];

    private string PeerName => _input.Peer ?? "";

    public static FailoverChecks Run(PreflightInput input)
    {
        var preflight = new Preflight(input);
        preflight.CheckPair();
        if (input.SettingsProblem is { } problem)
            preflight.Add("settings", CheckLevel.Error, problem, FailoverPlace.Failover);
        if (input.Settings is { } settings)
        {
            preflight.CheckSettings();
            preflight.CheckTasks(settings);
            preflight.CheckTargets(settings);
            preflight.CheckVirtualIps(settings);
            preflight.CheckPaths(settings);
            preflight.CheckPingNodes(settings);
            preflight.CheckWitness(settings);
        }
        return new FailoverChecks(preflight._checks.TrueForAll(c => c.Level != CheckLevel.Error), preflight._checks);
    }

    private void CheckPair()
    {
        const string Check = "peer";
        if (_input.Peer is null)
        {
            Error(Check, FailoverCheckCodes.NotPaired, "This node is not paired.", FailoverPlace.Pair);
            return;
        }
        if (_input.PeerProblem is { } problem)
        {
            Error(Check, FailoverCheckCodes.PeerSilent, $"{PeerName} cannot be asked: {problem.Detail}", FailoverPlace.Pair, null, ("peer", PeerName), ("reason", problem.Detail));
            return;
        }
        Ok(Check, FailoverCheckCodes.PeerAnswers, $"{PeerName} answers.", ("peer", PeerName));
        CheckClock();
        foreach (var look in Looks.Where(l => l.EngineProblem is not null))
            Error("engine", FailoverCheckCodes.EngineSilent, $"The engine of {look.Node} does not answer.", FailoverPlace.None, null, ("node", look.Node));
        if (_input.PeerLook is { } peer && peer.Product != _input.Look.Product)
            Error("version", FailoverCheckCodes.VersionDiffers, $"The nodes have different versions: {_input.Look.Product} here, {peer.Product} on {PeerName}. Update the older one.",
                FailoverPlace.Pair, null, ("own", _input.Look.Product), ("theirs", peer.Product), ("peer", PeerName));
        else
            Ok("version", FailoverCheckCodes.VersionSame, $"Both nodes have version {_input.Look.Product}.", ("version", _input.Look.Product));
    }

    private void CheckClock()
    {
        const string Check = "clock";
        if (_input.PeerStatus?.ClockDifferenceMilliseconds is not { } difference)
            Warn(Check, FailoverCheckCodes.ClockUnknown, "The difference of the clocks is not known yet.", FailoverPlace.Pair);
        else if (_input.PeerStatus.ClockOff)
            Warn(Check, FailoverCheckCodes.ClockOff, $"The clocks of the nodes differ by {Milliseconds(difference)} ms. Times in the logs of the two do not fit together.",
                FailoverPlace.Pair, null, ("milliseconds", Milliseconds(difference)));
        else
            Ok(Check, FailoverCheckCodes.ClockGood, $"The clocks of the nodes differ by {Milliseconds(difference)} ms.", ("milliseconds", Milliseconds(difference)));
    }

    private void CheckSettings()
    {
        const string Check = "settings";
        if (_input.IsDraft)
            return;
        if (!_input.IsConfigured)
            Add(Check, CheckLevel.Error, FailoverProblems.None().Problem, FailoverPlace.FailoverCreation);
        if (!_input.IsConfigured || _input.PeerLook is not { } peer)
            return;
        if (_input.Unfinished)
            Add(Check, CheckLevel.Error, FailoverProblems.Unfinished().Problem, FailoverPlace.Failover);
        else if (peer.Seal is null || peer.Seal.Id != _input.Look.Seal?.Id || peer.Seal.Settings != _input.Look.Seal.Settings)
            Add(Check, CheckLevel.Error, FailoverProblems.Differs(PeerName).Problem, FailoverPlace.Failover);
        else
            Ok(Check, FailoverCheckCodes.SettingsSame, "Both nodes have the same settings.");
    }

    private static string Milliseconds(double value) => Math.Abs(value).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);

    private void Ok(string check, string code, string sentence, params (string Name, string Value)[] args) =>
        Add(check, CheckLevel.Ok, Outcome(code, sentence, args), FailoverPlace.None);

    private void Warn(string check, string code, string sentence, FailoverPlace place, string? subject = null, params (string Name, string Value)[] args) =>
        Add(check, CheckLevel.Warning, Outcome(code, sentence, args), place, subject);

    private void Error(string check, string code, string sentence, FailoverPlace place, string? subject = null, params (string Name, string Value)[] args) =>
        Add(check, CheckLevel.Error, Outcome(code, sentence, args), place, subject);

    // What both nodes have in common is said once.
    private void Add(string check, CheckLevel level, Problem outcome, FailoverPlace place, string? subject = null)
    {
        if (!_checks.Exists(c => c.Outcome.Code == outcome.Code && c.Outcome.Detail == outcome.Detail))
            _checks.Add(new FailoverCheck(check, level, outcome, place, subject));
    }

    private static Problem Outcome(string code, string sentence, (string Name, string Value)[] args) =>
        new(code, sentence, null, args.Length == 0 ? null : args.ToDictionary(a => a.Name, a => a.Value));
}

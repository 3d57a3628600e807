using System.Globalization;
using Futago.Console.Client.Events;
using Futago.Console.Client.Users;
using Futago.Console.Resources;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Failover;
using Futago.Engine.Contracts.Iscsi;

namespace Futago.Console.Components.Presentation;

/// <summary>Events in the person's language.</summary>
public static class EventSentence
{
    public static string Describe(EventView entry)
    {
        if (CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en")
            return entry.Text;
        var template = EventsText.ResourceManager.GetString(KeyOf(entry.Code), CultureInfo.CurrentUICulture);
        return template is null ? entry.Text : Sentence.Fill(template, ArgsOf(entry)) ?? entry.Text;
    }

    /// <summary><c>volume.created</c> → <c>Event_VolumeCreated</c>.</summary>
    public static string KeyOf(string code) => "Event_" + CodeKey.Pascal(code);

    // What every event has may be named in its sentence like an argument.
    private static Dictionary<string, string> ArgsOf(EventView entry)
    {
        Dictionary<string, string> args = ReasonText.Translate(entry.Args) is { } translated ? new(translated) : [];
        if (entry.Object is not null)
            args.TryAdd("object", entry.Object);
        if (entry.User is not null)
            args.TryAdd("user", entry.User);
        if (args.TryGetValue("role", out var role) && Enum.TryParse<UserRole>(role, ignoreCase: true, out var known))
            args["role"] = RoleText.Of(known);
        if (entry.Code == EventCodes.LoginRefused && args.TryGetValue("reason", out var reason) && Enum.TryParse<RefusalReason>(reason, out var refusal))
            args["reason"] = StateLabels.Reason(refusal);
        if (args.TryGetValue("state", out var state))
            args["state"] = entry.Code switch
            {
                EventCodes.FailoverStateChanged when Enum.TryParse<FailoverState>(state, out var failover) => FailoverLabels.State(failover).Text,
                EventCodes.NetworkNicChanged => FailoverLabels.Up(state == "up").Text,
                _ => state,
            };
        return args;
    }
}

using System.Globalization;
using Futago.Iscsi.Names;
using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.Login;

/// <summary>Who wants to log in to what: the first request of a login, RFC 7143 section 6.3.</summary>
internal sealed partial class LoginNegotiation
{
    private LoginReply? Identify(List<KeyValuePair<string, string>> pairs, List<byte> answer)
    {
        // Section 13.4: every first request names the initiator.
        if (Value(pairs, "InitiatorName") is not { } initiator)
            return Fail(LoginStatus.MISSING_PARAMETER);
        if (!IscsiName.TryParseInitiator(initiator, out var initiatorName))
            return Fail(LoginStatus.INITIATOR_ERROR);
        InitiatorName = initiatorName;
        InitiatorAlias = Value(pairs, "InitiatorAlias");
        TargetName = Value(pairs, "TargetName");
        switch (Value(pairs, "SessionType"))
        {
            case null or "Normal":
                break;
            case "Discovery":
                Discovery = true;
                break;
            default:
                return Fail(LoginStatus.SESSION_TYPE_NOT_SUPPORTED, LoginRefusalReason.NotSupported);
        }
        if (Discovery)
            return IdentifyDiscovery();
        if (TargetName is null)
            return Fail(LoginStatus.MISSING_PARAMETER);
        return IdentifyTarget(answer);
    }

    private LoginReply? IdentifyDiscovery()
    {
        // A discovery session has one connection, section 4.3.
        if (Tsih != 0)
            return Fail(LoginStatus.SESSION_DOES_NOT_EXIST);
        _requiredChap = directory.DiscoveryChap is { } account ? [account] : null;
        return null;
    }

    private LoginReply? IdentifyTarget(List<byte> answer)
    {
        Target = IscsiName.TryParse(TargetName, out var name) ? directory.FindTarget(name, local) : null;
        if (Target is null)
            return Fail(LoginStatus.NOT_FOUND, LoginRefusalReason.UnknownTarget);
        var definition = Target.Definition;
        if (!definition.AccessRules.Any(rule => rule.Allows(address, InitiatorName)))
            return Fail(LoginStatus.AUTHORIZATION_FAILURE, LoginRefusalReason.NoAccessRule);
        if (Tsih != 0 && FindJoined() is { } failure)
            return failure;
        _requiredChap = definition.Chap is { } account ? [account] : null;
        // Section 13.9: the portal group tag goes into the first response of a normal session.
        TextKeys.Append(answer, "TargetPortalGroupTag", definition.PortalGroupTag.ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(definition.Alias))
            TextKeys.Append(answer, "TargetAlias", definition.Alias);
        return null;
    }

    /// <summary>Section 6.3.3 and 11.13.5: a further connection must come from the same initiator port to the same target.</summary>
    private LoginReply? FindJoined()
    {
        var session = directory.FindSession(Tsih);
        if (session is null || session.Target != Target || session.Isid != Isid || session.InitiatorName != InitiatorName)
            return Fail(LoginStatus.SESSION_DOES_NOT_EXIST);
        Joined = session;
        return null;
    }

    private static string? Value(List<KeyValuePair<string, string>> pairs, string key)
    {
        foreach (var pair in pairs)
        {
            if (pair.Key == key)
                return pair.Value;
        }
        return null;
    }
}

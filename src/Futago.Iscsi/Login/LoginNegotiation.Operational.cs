using System.Globalization;
using Futago.Iscsi.Pdu;

namespace Futago.Iscsi.Login;

/// <summary>LoginOperationalNegotiation stage, RFC 7143 sections 6.3.3 and 13.</summary>
internal sealed partial class LoginNegotiation
{
    private bool _declared;

    private LoginReply? NegotiateOperational(List<KeyValuePair<string, string>> pairs, List<byte> answer)
    {
        foreach (var key in KeyTable.Keys)
        {
            if (Value(pairs, key.Name) is not { } offered)
                continue;
            // Section 13: session-wide keys are settled by the leading connection.
            if (key.LeadingOnly && Joined is not null)
                return Fail(LoginStatus.INITIATOR_ERROR);
            if (KeyNegotiation.Answer(key, offered, Discovery, options, Parameters) is { } value)
                TextKeys.Append(answer, key.Name, value);
        }
        foreach (var (key, _) in pairs)
        {
            switch (key)
            {
                case "InitiatorName" or "InitiatorAlias" or "TargetName" or "SessionType":
                    break;
                case "AuthMethod":
                    TextKeys.Append(answer, key, KeyNegotiation.Reject);
                    break;
                default:
                    if (!KeyTable.Keys.Any(k => k.Name == key))
                        TextKeys.Append(answer, key, KeyNegotiation.NotUnderstood);
                    break;
            }
        }
        Declare(answer);
        return null;
    }

    /// <summary>Section 13.12: each side announces what it can receive; ours goes out once, in the first response of the stage.</summary>
    private void Declare(List<byte> answer)
    {
        if (_declared)
            return;
        _declared = true;
        Parameters.TargetMaxRecvDataSegmentLength = options.MaxRecvDataSegmentLength;
        TextKeys.Append(answer, "MaxRecvDataSegmentLength", options.MaxRecvDataSegmentLength.ToString(CultureInfo.InvariantCulture));
    }
}

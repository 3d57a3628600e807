using System.Buffers.Binary;
using System.Security.Cryptography;
using Futago.Scsi.Sense;

namespace Futago.Scsi.Copy;

/// <summary>The ROD tokens that are out. They live in memory: after a restart every token is unknown, and initiators copy by themselves.</summary>
internal sealed class RodTokens(TimeProvider clock)
{
    /// <summary>Given to tokens that ask for no inactivity timeout of their own, in seconds.</summary>
    public const int DefaultTimeoutSeconds = 60;

    /// <summary>The longest inactivity timeout that can be asked for, in seconds.</summary>
    public const int MaximumTimeoutSeconds = 600;

    /// <summary>Tokens of the node; with more, those that are over are forgotten first.</summary>
    private const int Maximum = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, RodToken> _tokens = [];

    /// <returns>False when there are too many.</returns>
    public bool TryAdd(RodToken token)
    {
        lock (_gate)
        {
            if (_tokens.Count >= Maximum)
                Forget(candidate => candidate.State != RodTokenState.Good || IsExpired(candidate));
            if (_tokens.Count >= Maximum)
                return false;
            token.LastUse = clock.GetTimestamp();
            _tokens[token.Identifier] = token;
            return true;
        }
    }

    /// <summary>Finds the token and counts that as a use, or says what is wrong with it.</summary>
    public RodToken? Find(ReadOnlySpan<byte> bytes, out AdditionalSense refusal)
    {
        refusal = AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_UNKNOWN;
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes) != RodToken.PointInTimeChangeVulnerable)
        {
            refusal = AdditionalSense.INVALID_TOKEN_OPERATION_UNSUPPORTED_TOKEN_TYPE;
            return null;
        }
        lock (_gate)
        {
            if (!_tokens.TryGetValue(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), out var token))
                return null;
            if (!CryptographicOperations.FixedTimeEquals(bytes, token.Bytes))
                refusal = AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_CORRUPT;
            else if (token.State == RodTokenState.Revoked)
                refusal = AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_REVOKED;
            else if (IsExpired(token))
                refusal = AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_EXPIRED;
            else
            {
                token.LastUse = clock.GetTimestamp();
                return token;
            }
            return null;
        }
    }

    public void Delete(RodToken token)
    {
        token.Unit.Vulnerable.Remove(token);
        lock (_gate)
            _tokens.Remove(token.Identifier);
    }

    private bool IsExpired(RodToken token) => clock.GetElapsedTime(token.LastUse) > token.InactivityTimeout;

    private void Forget(Predicate<RodToken> over)
    {
        foreach (var token in _tokens.Values.Where(token => over(token)).ToList())
        {
            token.Unit.Vulnerable.Remove(token);
            _tokens.Remove(token.Identifier);
        }
    }
}

namespace Futago.Iscsi;

/// <summary>Limits and negotiation offers of an <see cref="IscsiServer"/>. <see cref="Validate"/> lists every value out of range.</summary>
public sealed record IscsiServerOptions
{
    public static readonly TimeSpan MaximumSpinTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Connections of all initiators together, 1 to 65,535. More are closed as soon as they are accepted.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Connections from one address that have not finished their login, 1 to 65,535.</summary>
    public int MaxHalfOpenPerAddress { get; init; } = 64;

    /// <summary>A connection that is not in full-feature phase by then is closed.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Silence after which the initiator is pinged with NOP-In.</summary>
    public TimeSpan NopInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Silence after which a connection rests: it gives back its thread and the memory of its buffers until it is spoken to again, 0 to 1 hour. Long
    /// beside the tenth of a millisecond that coming back takes, and short enough for the next of many logins to find the thread of an earlier one.
    /// </summary>
    public TimeSpan RestAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time that the initiator has for an answer to the ping before its session is given up.</summary>
    public TimeSpan NopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A peer that takes nothing from us for so long is dropped.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between the request to log out and the closing of sessions when a target goes away.</summary>
    public TimeSpan LogoutGrace { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Commands that one session may have outstanding, 1 to 1,024: the width of the CmdSN window.</summary>
    public int CommandWindow { get; init; } = 128;

    /// <summary>Immediate commands (outside the window) that one session may have outstanding, 1 to 256.</summary>
    public int MaxImmediateCommands { get; init; } = 32;

    /// <summary>Sessions of one target, 1 to 65,535.</summary>
    public int MaxSessionsPerTarget { get; init; } = 1024;

    /// <summary>Connections per session that we agree to (MC/S), 1 to 16.</summary>
    public int MaxConnectionsPerSession { get; init; } = 4;

    /// <summary>Data segment that we take in one PDU, bytes, 512 to 1,048,576.</summary>
    public int MaxRecvDataSegmentLength { get; init; } = 256 << 10;

    /// <summary>Bytes, 512 to 16,777,215.</summary>
    public int FirstBurstLength { get; init; } = 256 << 10;

    /// <summary>Bytes, 512 to 16,777,215, not below <see cref="FirstBurstLength"/>.</summary>
    public int MaxBurstLength { get; init; } = 1 << 20;

    public bool InitialR2T { get; init; }

    public bool ImmediateData { get; init; } = true;

    /// <summary>1 to 16.</summary>
    public int MaxOutstandingR2T { get; init; } = 4;

    /// <summary>Seconds, 0 to 3600.</summary>
    public int DefaultTime2Wait { get; init; } = 2;

    /// <summary>Seconds, 0 to 3600.</summary>
    public int DefaultTime2Retain { get; init; }

    /// <summary>
    /// How long a connection that expects its next request soon looks for it again and again before it lets its processor go, 0 to
    /// 1,000 µs. Saves the wake-up, which costs more than a small request does, and takes processor time; 0: never.
    /// </summary>
    public TimeSpan SpinTime { get; init; } = Environment.ProcessorCount > 2 ? TimeSpan.FromMicroseconds(60) : TimeSpan.Zero;

    /// <returns>One sentence per value that is out of range; empty when all is well.</returns>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        Check(nameof(MaxConnections), MaxConnections, 1, 65535);
        Check(nameof(MaxHalfOpenPerAddress), MaxHalfOpenPerAddress, 1, 65535);
        Check(nameof(CommandWindow), CommandWindow, 1, 1024);
        Check(nameof(MaxImmediateCommands), MaxImmediateCommands, 1, 256);
        Check(nameof(MaxSessionsPerTarget), MaxSessionsPerTarget, 1, 65535);
        Check(nameof(MaxConnectionsPerSession), MaxConnectionsPerSession, 1, 16);
        Check(nameof(MaxRecvDataSegmentLength), MaxRecvDataSegmentLength, 512, 1 << 20);
        Check(nameof(MaxBurstLength), MaxBurstLength, 512, (1 << 24) - 1);
        Check(nameof(FirstBurstLength), FirstBurstLength, 512, MaxBurstLength);
        Check(nameof(MaxOutstandingR2T), MaxOutstandingR2T, 1, 16);
        Check(nameof(DefaultTime2Wait), DefaultTime2Wait, 0, 3600);
        Check(nameof(DefaultTime2Retain), DefaultTime2Retain, 0, 3600);
        CheckTime(nameof(LoginTimeout), LoginTimeout);
        CheckTime(nameof(NopInterval), NopInterval);
        CheckTime(nameof(NopTimeout), NopTimeout);
        CheckTime(nameof(SendTimeout), SendTimeout);
        if (RestAfter < TimeSpan.Zero || RestAfter > TimeSpan.FromHours(1))
            errors.Add($"{nameof(RestAfter)} must be from 0 to 1 hour, not {RestAfter}.");
        if (SpinTime < TimeSpan.Zero || SpinTime > MaximumSpinTime)
            errors.Add($"{nameof(SpinTime)} must be from 0 to {MaximumSpinTime.TotalMicroseconds} microseconds.");
        if (LogoutGrace < TimeSpan.Zero || LogoutGrace > TimeSpan.FromMinutes(1))
            errors.Add($"{nameof(LogoutGrace)} must be from 0 to 60 seconds.");
        return errors;

        void Check(string name, int value, int minimum, int maximum)
        {
            if (value < minimum || value > maximum)
                errors.Add($"{name} must be from {minimum} to {maximum}, not {value}.");
        }

        void CheckTime(string name, TimeSpan value)
        {
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromHours(1))
                errors.Add($"{name} must be from 1 second to 1 hour, not {value}.");
        }
    }
}

using System.Net.NetworkInformation;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Network;
using Futago.Engine.Events;

namespace Futago.Engine.Network;

/// <summary>Looks at the NICs once a second: for the status, whose counters change every other time only, and for carriers that come and go.</summary>
internal sealed partial class NicMonitor(EventJournal journal, TimeProvider time, ILogger<NicMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _looking = new();
    private volatile IReadOnlyList<NicInfo> _nics = [];
    private volatile Func<string, bool> _isVirtual = _ => false;
    private bool _countersDue = true;

    /// <summary>As of the last look.</summary>
    public IReadOnlyList<NicInfo> Nics => _nics;

    /// <summary>As of now.</summary>
    public IReadOnlyList<NicInfo> Read() => NicReader.Read(_isVirtual);

    public void SetVirtual(IReadOnlyCollection<string> addresses) => _isVirtual = addresses.Contains;

    /// <summary>Whether the node has the address now.</summary>
    public bool Has(string address) => _nics.Any(n => n.Addresses.Any(a => a.Address == address));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                Look();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The engine stops.
        }
    }

    /// <summary>Now, without waiting for the next look: somebody knows that there is something new.</summary>
    public void Look()
    {
        lock (_looking)
            LookLocked();
    }

    private void LookLocked()
    {
        try
        {
            var before = _nics;
            var now = Read();
            Report(before, now);
            _countersDue = !_countersDue;
            _nics = _countersDue ? now : [.. now.Select(n => before.FirstOrDefault(b => b.Name == n.Name) is { } b
                ? n with { ReceivedBytes = b.ReceivedBytes, SentBytes = b.SentBytes, ReceiveErrors = b.ReceiveErrors, SendErrors = b.SendErrors, Dropped = b.Dropped }
                : n)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetworkInformationException)
        {
            LogNotRead(logger, e.Message);
        }
    }

    private void Report(IReadOnlyList<NicInfo> before, IReadOnlyList<NicInfo> now)
    {
        foreach (var nic in now)
        {
            if (before.FirstOrDefault(b => b.Name == nic.Name) is not { } then || then.Up == nic.Up)
                continue;
            journal.Append(
                nic.Up ? EventSeverity.Info : EventSeverity.Warning, EventCodes.NetworkNicChanged, nic.Name,
                nic.Up ? $"The NIC {nic.Name} has a carrier." : $"The NIC {nic.Name} has lost its carrier.", ("nic", nic.Name), ("state", nic.Up ? "up" : "down"));
        }
    }

    [LoggerMessage(2601, LogLevel.Warning, "The NICs cannot be looked at: {Reason}")]
    private static partial void LogNotRead(ILogger logger, string reason);
}

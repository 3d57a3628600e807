using System.Globalization;
using Futago.Console.Client.Events;
using Futago.Engine.Contracts.Events;
using Futago.Management.Events;
using Microsoft.EntityFrameworkCore;

namespace Futago.Persistence;

public sealed class EventStore(Database database) : IEventStore
{
    public Task AppendAsync(EventEntry entry, CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        context.Events.Add(entry);
        await context.SaveChangesAsync(cancellation);
    }, cancellation);

    public Task<IReadOnlyList<EventEntry>> ListAsync(EventQuery query, CancellationToken cancellation = default) =>
        database.RunAsync<IReadOnlyList<EventEntry>>(async context =>
        {
            var events = context.Events.AsNoTracking();
            if (query.MinimumSeverity is { } severity)
                events = events.Where(e => e.Severity >= severity);
            if (!string.IsNullOrEmpty(query.Source))
                events = events.Where(e => e.Source == query.Source);
            if (query.Before is { } before)
                events = events.Where(e => e.Id < before);
            if (!string.IsNullOrWhiteSpace(query.Search))
            {
                var pattern = $"%{EscapePattern(query.Search.Trim())}%";
                events = events.Where(e => EF.Functions.ILike(e.Text, pattern, @"\") || EF.Functions.ILike(e.Object!, pattern, @"\")
                    || EF.Functions.ILike(e.User!, pattern, @"\") || EF.Functions.ILike(e.Code, pattern, @"\"));
            }
            return await events.OrderByDescending(e => e.Id).Take(query.Limit).ToListAsync(cancellation);
        }, cancellation);

    public Task<JournalPosition> GetPositionAsync(CancellationToken cancellation = default) =>
        database.RunAsync(context => context.JournalPositions.AsNoTracking().SingleAsync(cancellation), cancellation);

    public Task<bool> AppendJournalAsync(JournalPosition from, IReadOnlyList<EngineEvent> events, CancellationToken cancellation = default) =>
        database.RunAsync(async context =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
            var last = events[^1].Number;
            // Compare and set: of two copiers the second finds the position moved and stores nothing.
            var moved = await context.JournalPositions
                .Where(p => p.Epoch == from.Epoch && p.LastNumber == from.LastNumber)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.LastNumber, last), cancellation);
            if (moved == 0)
                return false;
            context.Events.AddRange(events.Select(e => ToEntry(e, from.Epoch)));
            await context.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            return true;
        }, cancellation);

    public Task RestartJournalAsync(JournalPosition from, EventEntry entry, CancellationToken cancellation = default) =>
        database.RunAsync(async context =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
            var moved = await context.JournalPositions
                .Where(p => p.Epoch == from.Epoch && p.LastNumber == from.LastNumber)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.Epoch, from.Epoch + 1).SetProperty(x => x.LastNumber, 0), cancellation);
            if (moved == 0)
                return;
            context.Events.Add(entry);
            await context.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }, cancellation);

    public Task TrimAsync(int keep, CancellationToken cancellation = default) => database.RunAsync(async context =>
    {
        var newest = await context.Events.MaxAsync(e => (long?)e.Id, cancellation) ?? 0;
        await context.Events.Where(e => e.Id <= newest - keep).ExecuteDeleteAsync(cancellation);
    }, cancellation);

    private static EventEntry ToEntry(EngineEvent e, int epoch) => new()
    {
        // PostgreSQL keeps points in time, not offsets.
        Time = e.Time.ToUniversalTime(),
        Severity = e.Severity,
        Source = EventSource.Engine,
        Code = e.Code,
        Object = e.Object,
        Text = e.Text,
        Args = e.Args?.ToDictionary(),
        JournalEpoch = epoch,
        EngineNumber = e.Number,
    };

    private static string EscapePattern(string text) => text
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", false, CultureInfo.InvariantCulture)
        .Replace("_", @"\_", false, CultureInfo.InvariantCulture);
}

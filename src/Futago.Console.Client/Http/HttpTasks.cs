using System.Globalization;
using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts;

namespace Futago.Console.Client.Http;

internal sealed class HttpTasks(ApiConnection api) : ITasks
{
    public Task<IReadOnlyList<TaskView>> ListAsync(CancellationToken cancellation = default) => api.GetAsync<IReadOnlyList<TaskView>>("tasks", cancellation);

    public Task<IReadOnlyList<RunView>> ListRunningAsync(CancellationToken cancellation = default) => api.GetAsync<IReadOnlyList<RunView>>("tasks/running", cancellation);

    public Task<IReadOnlyList<TaskLogView>> ListLogAsync(TaskLogQuery query, CancellationToken cancellation = default) =>
        api.GetAsync<IReadOnlyList<TaskLogView>>($"tasks/log?{Parameters(query)}", cancellation);

    public Task<string> ExportLogAsync(TaskLogQuery query, CancellationToken cancellation = default) =>
        api.GetTextAsync($"tasks/log.csv?{Parameters(query)}", cancellation);

    public Task<RunView> GetRunAsync(Guid run, CancellationToken cancellation = default) => api.GetAsync<RunView>($"tasks/runs/{run}", cancellation);

    public Task StopRunAsync(Guid run, CancellationToken cancellation = default) => api.SendAsync(HttpMethod.Post, $"tasks/runs/{run}/stop", null, cancellation);

    public Task<SchedulePreview> PreviewScheduleAsync(string schedule, CancellationToken cancellation = default) =>
        api.GetAsync<SchedulePreview>($"tasks/schedule-preview?schedule={Uri.EscapeDataString(schedule)}", cancellation);

    private static string Parameters(TaskLogQuery query)
    {
        List<string> parameters = [$"limit={query.Limit.ToString(CultureInfo.InvariantCulture)}"];
        Add("task", query.Task);
        Add("kind", query.Kind?.ToString());
        Add("status", query.Status?.ToString());
        Add("search", query.Search);
        Add("before", query.Before?.ToString(CultureInfo.InvariantCulture));
        return string.Join('&', parameters);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                parameters.Add($"{name}={Uri.EscapeDataString(value)}");
        }
    }
}

using System.Globalization;
using Futago.Cli.Commands;
using Futago.Console.Client.Tasks;

namespace Futago.Cli.Output;

/// <summary>One run, for a person.</summary>
internal static class RunPage
{
    public static void Write(TextWriter output, RunView run, Invocation call, bool withOutput)
    {
        output.WriteLine($"Run {run.Id} of {run.TaskName}: {TaskCommands.State(run)}");
        Line("Started", $"{Format.Time(run.StartedAt, call.Environment)} by {run.User ?? "the schedule"}");
        if (run.FinishedAt is { } finished)
            Line("Finished", $"{Format.Time(finished, call.Environment)} after {(finished - run.StartedAt).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
        Line("Result", run.Detail);
        if (run.Result is not { } result)
            return;
        Line("Data as of", result.RecoveryPoint is { } point ? Format.Time(point, call.Environment) : null);
        Line("Files", result.Files is { } files
            ? $"{Values.Text(files)} in all, {Values.Text(result.FilesTransferred ?? 0)} transferred, {Values.Text(result.FilesCreated ?? 0)} created, {Values.Text(result.FilesDeleted ?? 0)} deleted"
            : null);
        Line("Size", result.TotalBytes is { } total ? $"{Format.Size(total)} in all, {Format.Size(result.SentBytes ?? 0)} sent, speedup {(result.Speedup ?? 0).ToString("0.00", CultureInfo.InvariantCulture)}" : null);
        Line("Snapshot", result.DestinationSnapshot);
        Line("Attempts", result.Attempts > 1 ? Values.Text(result.Attempts) : null);
        Line("Exit code", result.ExitCode is { } code and not 0 ? Values.Text(code) : null);
        foreach (var error in result.Errors)
            output.WriteLine($"  {TextWidth.Printable(error)}");
        if (withOutput && result.Output is { } text)
            output.WriteLine(text);

        void Line(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                output.WriteLine($"{name + ":",-12}{TextWidth.Printable(value)}");
        }
    }
}

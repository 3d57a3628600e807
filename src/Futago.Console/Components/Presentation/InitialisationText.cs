using Futago.Console.Resources;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Console.Components.Presentation;

/// <summary>How far the zero-initialisation of a volume is.</summary>
public static class InitialisationText
{
    /// <summary>0–100.</summary>
    public static int Percent(InitialisationInfo run) => ReplicationLabels.Percent(run.DoneBytes, run.TotalBytes);

    public static string Progress(InitialisationInfo run)
    {
        var text = Sentence.Of(VolumesText.InitialisationProgress, Percent(run), RateText.Format(run.RateBytesPerSecond));
        return run.SecondsLeft is { } left
            ? $"{text} · {Sentence.Of(VolumesText.TimeLeft, TimeText.Duration(TimeSpan.FromSeconds(left)))}"
            : text;
    }
}

namespace Futago.Console.Client.Tasks;

/// <summary>Says when runs of tasks begin and end, for pages that update themselves. Only inside the console: elsewhere ask the API.</summary>
public interface ILiveTasks
{
    /// <summary>Moves when a run begins or ends: whoever read the tasks at another value reads them again.</summary>
    long Version { get; }

    /// <summary>Raised on any thread after <see cref="Version"/> moved. Subscribers marshal to their own context.</summary>
    event Action? Changed;
}

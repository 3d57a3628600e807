using Futago.Console.Client.Tasks;
using Futago.Engine.Contracts.DataReplication;

namespace Futago.Console.Client.DataReplication;

/// <summary>Data replication tasks (source side).</summary>
public interface IDataReplication
{
    Task<IReadOnlyList<ReplicationTaskView>> ListAsync(CancellationToken cancellation = default);

    Task<ReplicationTaskView> GetAsync(string name, CancellationToken cancellation = default);

    /// <summary>Checks that the destination accepts the task, and remembers its certificate, before the task is stored.</summary>
    Task<ReplicationTaskView> CreateAsync(CreateReplicationTask request, CancellationToken cancellation = default);

    Task<ReplicationTaskView> UpdateAsync(string name, UpdateReplicationTask request, CancellationToken cancellation = default);

    /// <summary>Deletes the task and its schedule; its log and what it copied stay.</summary>
    /// <param name="confirm">The name, typed again.</param>
    Task DeleteAsync(string name, string confirm, CancellationToken cancellation = default);

    /// <summary>Begins a run now. Refused while one is going on.</summary>
    Task<RunView> StartAsync(string name, CancellationToken cancellation = default);

    /// <summary>Lists the shares that an agent offers to the user.</summary>
    Task<AgentOffer> BrowseAsync(BrowseRequest request, CancellationToken cancellation = default);

    /// <summary>Tries everything that a run would need, step by step, and says for each what is right or wrong.</summary>
    Task<IReadOnlyList<TestStep>> TestAsync(TestRequest request, CancellationToken cancellation = default);
}

/// <summary>The agent of this node (destination side) and the shares that it offers.</summary>
public interface IReplicationAgent
{
    Task<AgentView> GetAsync(CancellationToken cancellation = default);

    Task<AgentView> UpdateAsync(UpdateAgentRequest request, CancellationToken cancellation = default);

    /// <summary>Turns <em>use data replication</em> on for a share, or changes who may use it.</summary>
    Task<AgentShareView> SetShareAsync(string share, SetAgentShareRequest request, CancellationToken cancellation = default);

    /// <summary>Turns it off; the share and its files stay.</summary>
    Task RemoveShareAsync(string share, CancellationToken cancellation = default);
}

/// <summary>What is copied, and where to.</summary>
/// <param name="Source">A share of this node, or the path of a NAS volume (<c>vg00/nas0</c>).</param>
/// <param name="Folder">Below the source; null for all of it.</param>
/// <param name="Destination">Address of the agent's node; null: a share of this node.</param>
/// <param name="Port">TLS port of the agent.</param>
/// <param name="Share">The share at the destination.</param>
/// <param name="User">Null when the destination is this node.</param>
/// <param name="PlainPort">Set: data goes without TLS to this port of the agent.</param>
/// <param name="Fingerprint">Of the agent's certificate, pinned; null when the destination is this node.</param>
public sealed record ReplicationSettings(
    string Source,
    string? Folder,
    string? Destination,
    int Port,
    string Share,
    string? User,
    int? PlainPort,
    string? Fingerprint,
    ReplicationOptions Options,
    int KeepSnapshots,
    int ShrinkLimitPercent);

public sealed record ReplicationTaskView(TaskView Task, ReplicationSettings Settings);

/// <param name="Password">Of the agent's user; kept encrypted, never shown again.</param>
/// <param name="Schedule">Such as <c>Mon-Fri 18:00</c>; null: only by hand.</param>
/// <param name="KeepSnapshots">0–1000.</param>
/// <param name="ShrinkLimitPercent">0–100.</param>
/// <param name="SkipTest">True: the task is stored although the agent does not answer now; its certificate is remembered at the first run.</param>
public sealed record CreateReplicationTask(
    string Name,
    string Source,
    string Share,
    string? Folder = null,
    string? Destination = null,
    int Port = AgentConfiguration.DefaultTlsPort,
    string? User = null,
    string? Password = null,
    int? PlainPort = null,
    string? Schedule = null,
    bool Enabled = true,
    ReplicationOptions? Options = null,
    int KeepSnapshots = 0,
    int ShrinkLimitPercent = 50,
    bool SkipTest = false)
{
    /// <summary>Never the password: records print their members, and logs print records.</summary>
    public override string ToString() => $"CreateReplicationTask {{ Name = {Name} }}";
}

/// <summary>Changes to a task; null leaves a property as it is.</summary>
/// <param name="Schedule">Empty: no schedule.</param>
/// <param name="Trust">True: asks the agent again and remembers the certificate that it shows now.</param>
public sealed record UpdateReplicationTask(
    string? NewName = null,
    string? Source = null,
    string? Folder = null,
    string? Destination = null,
    int? Port = null,
    string? Share = null,
    string? User = null,
    string? Password = null,
    string? Schedule = null,
    bool? Enabled = null,
    ReplicationOptions? Options = null,
    int? KeepSnapshots = null,
    int? ShrinkLimitPercent = null,
    bool Trust = false)
{
    /// <summary>Never the password: records print their members, and logs print records.</summary>
    public override string ToString() => $"UpdateReplicationTask {{ NewName = {NewName} }}";
}

/// <param name="Password">Null: that of <paramref name="Task"/>.</param>
/// <param name="Task">Name of a task whose password is used.</param>
public sealed record BrowseRequest(string Address, string User, string? Password = null, int Port = AgentConfiguration.DefaultTlsPort, string? Task = null)
{
    /// <summary>Never the password: records print their members, and logs print records.</summary>
    public override string ToString() => $"BrowseRequest {{ Address = {Address}, User = {User} }}";
}

/// <param name="Share">The share at the destination.</param>
/// <param name="Source">As in a task, to compare sizes; null: not compared.</param>
public sealed record TestRequest(BrowseRequest Agent, string Share, string? Source = null);

public enum TestResult
{
    Ok,
    Warning,
    Failed,
    /// <summary>Not tried, because an earlier step failed.</summary>
    Skipped,
}

/// <param name="Name"><c>address</c>, <c>certificate</c>, <c>user</c>, <c>share</c>, <c>space</c>, <c>clock</c> or <c>rsync</c>; the UI translates by it.</param>
/// <param name="Text">One English sentence.</param>
/// <param name="Code">Of the sentence, for translation with <paramref name="Args"/>: a problem's code, or one of the test's own
/// (<c>clock.ahead</c>). Null: the sentence came from an older node and is shown as it is.</param>
public sealed record TestStep(string Name, TestResult Result, string Text, string? Code = null, IReadOnlyDictionary<string, string>? Args = null);

/// <param name="Engine">What the agent does now; null while the engine does not answer.</param>
public sealed record AgentView(bool Enabled, int TlsPort, int? PlainPort, AgentStatus? Engine, IReadOnlyList<AgentShareView> Shares);

/// <param name="User">Who may write to it.</param>
public sealed record AgentShareView(string Share, string User, IReadOnlyList<string> Allowed);

/// <summary>Null leaves a property as it is.</summary>
/// <param name="PlainPort">0 closes the plain port.</param>
public sealed record UpdateAgentRequest(bool? Enabled = null, int? TlsPort = null, int? PlainPort = null);

/// <summary>Null leaves a property as it is; a share that is new here needs all three.</summary>
public sealed record SetAgentShareRequest(string? User = null, string? Password = null, IReadOnlyList<string>? Allowed = null)
{
    /// <summary>Never the password: records print their members, and logs print records.</summary>
    public override string ToString() => $"SetAgentShareRequest {{ User = {User} }}";
}

namespace Futago.Architecture.Tests;

/// <summary>One row of the architecture's table of projects.</summary>
/// <param name="Projects">Projects that it may reference.</param>
/// <param name="Packages">Packages that it may reference itself.</param>
/// <param name="AspNet">Whether it may use ASP.NET Core.</param>
/// <param name="Engine">Part of the data plane: what it brings along with its packages is limited too.</param>
internal sealed record ProjectRule(string[] Projects, string[] Packages, bool AspNet = false, bool Engine = false)
{
    private static readonly string[] Abstractions = ["Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options"];

    /// <summary>What the abstractions that an engine may use need themselves; nothing else may come along.</summary>
    public static IReadOnlyList<string> EngineMayBring { get; } =
        [.. Abstractions, "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Primitives"];

    /// <summary>A new project gets a row here, or the build fails: a dependency is a decision.</summary>
    public static IReadOnlyDictionary<string, ProjectRule> All { get; } = new Dictionary<string, ProjectRule>
    {
        ["Futago.Blocks"] = new([], Abstractions, Engine: true),
        ["Futago.Volumes"] = new(["Futago.Blocks"], Abstractions, Engine: true),
        ["Futago.Transport"] = new(["Futago.Blocks"], [], Engine: true),
        ["Futago.DataReplication"] = new(["Futago.Volumes", "Futago.Transport"], Abstractions, Engine: true),
        ["Futago.Scsi"] = new(["Futago.Blocks"], Abstractions, Engine: true),
        ["Futago.Iscsi"] = new(["Futago.Scsi", "Futago.Blocks"], Abstractions, Engine: true),
        ["Futago.Replication"] = new(["Futago.Blocks"], Abstractions, Engine: true),
        // Volumes: for sealed documents, the form of everything that is kept in small files.
        ["Futago.Failover"] = new(["Futago.Volumes"], [], Engine: true),
        ["Futago.Engine.Contracts"] = new([], [], Engine: true),
        ["Futago.Engine"] = new(["Futago.Blocks", "Futago.Volumes", "Futago.Scsi", "Futago.Iscsi", "Futago.Transport", "Futago.DataReplication", "Futago.Replication", "Futago.Failover", "Futago.Engine.Contracts"], Abstractions, AspNet: true, Engine: true),
        ["Futago.Guard"] = new(["Futago.Failover"], [], Engine: true),
        ["Futago.Console.Client"] = new(["Futago.Engine.Contracts"], []),
        ["Futago.Management"] = new(["Futago.Engine.Contracts", "Futago.Console.Client"], Abstractions),
        ["Futago.Persistence"] = new(
            ["Futago.Management"],
            ["Npgsql.EntityFrameworkCore.PostgreSQL", "Microsoft.EntityFrameworkCore.Relational", "Microsoft.AspNetCore.Identity.EntityFrameworkCore"],
            AspNet: true),
        ["Futago.Migrations"] = new(["Futago.Persistence"], ["Microsoft.EntityFrameworkCore.Design"], AspNet: true),
        ["Futago.Console"] = new(
            ["Futago.Management", "Futago.Persistence", "Futago.Console.Client", "Futago.Engine.Contracts", "Futago.Migrations"],
            ["Radzen.Blazor", "Quartz", "Microsoft.AspNetCore.OpenApi"],
            AspNet: true),
        ["Futago.Cli"] = new(["Futago.Engine.Contracts", "Futago.Console.Client", "Futago.Failover"], ["System.CommandLine"]),
    };
}

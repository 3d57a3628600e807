using System.Reflection;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Iscsi;
using Futago.Iscsi;
using Futago.Volumes;

namespace Futago.Engine.Tests;

/// <summary>What the engines say by themselves must be what the contract promises; they do not reference it.</summary>
public sealed class ContractTests
{
    [Fact]
    public void StorageCodes_AreProblemCodesOfTheContract() =>
        Assert.Subset(Constants(typeof(ProblemCodes)), Constants(typeof(StorageCodes)));

    [Fact]
    public void StoragePhraseCodes_ArePhraseCodesOfTheContract() =>
        Assert.Subset(Constants(typeof(PhraseCodes)), Constants(typeof(StoragePhraseCodes)));

    [Fact]
    public void AgentCodes_AreProblemCodesOfTheContract() =>
        Assert.Subset(Constants(typeof(ProblemCodes)), Constants(typeof(Futago.DataReplication.Agent.AgentCodes)));

    [Theory]
    [InlineData(typeof(Volumes.Units.UnitKind), typeof(Contracts.Volumes.UnitKind))]
    [InlineData(typeof(Volumes.Units.UnitUse), typeof(Contracts.Volumes.UnitUse))]
    [InlineData(typeof(Volumes.Groups.GroupState), typeof(Contracts.Volumes.GroupState))]
    [InlineData(typeof(Volumes.LogicalVolumes.IoType), typeof(Contracts.Volumes.IoType))]
    [InlineData(typeof(Volumes.LogicalVolumes.ReplicationMode), typeof(Contracts.Replication.VolumeReplicationMode))]
    [InlineData(typeof(Volumes.Snapshots.SnapshotOrigin), typeof(Contracts.Snapshots.SnapshotOrigin))]
    [InlineData(typeof(Futago.DataReplication.Runs.RunPhase), typeof(Contracts.DataReplication.ReplicationPhase))]
    [InlineData(typeof(Futago.DataReplication.Runs.RunOutcome), typeof(Contracts.DataReplication.ReplicationOutcome))]
    [InlineData(typeof(Futago.DataReplication.Runs.RunReason), typeof(Contracts.DataReplication.ReplicationReason))]
    [InlineData(typeof(StorageSeverity), typeof(EventSeverity))]
    [InlineData(typeof(LoginRefusalReason), typeof(RefusalReason))]
    public void Enums_HaveTheSameNamesAndOrder(Type own, Type contract) => Assert.Equal(Enum.GetNames(contract), Enum.GetNames(own));

    [Fact]
    public void EventCodes_OfStorage_AreListed()
    {
        var root = Path.Combine(Testing.Nodes.Checkout.Root, "src", "Futago.Volumes");
        var reported = Directory.GetFiles(root, "VolumeCatalogue*.cs")
            .SelectMany(f => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(f), "StorageSeverity\\.\\w+, \"([a-z.-]+)\"|StorageSeverity\\.\\w+,\\s+\"([a-z.-]+)\""))
            .Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value)
            .ToHashSet();

        Assert.NotEmpty(reported);
        Assert.Subset(Constants(typeof(EventCodes)), reported);
    }

    private static HashSet<string> Constants(Type type) =>
        [.. type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];
}

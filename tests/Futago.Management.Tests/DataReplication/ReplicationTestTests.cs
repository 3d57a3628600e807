using Futago.Console.Client.DataReplication;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.DataReplication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.Tests.Tasks;
using TestResult = Futago.Console.Client.DataReplication.TestResult;

namespace Futago.Management.Tests.DataReplication;

/// <summary>The button Test, and what is checked before a task is made.</summary>
public sealed class ReplicationTestTests(DatabaseFixture databases)
{
    private static readonly BrowseRequest Agent = new("10.77.0.2", "repl", "correct horse");

    [Theory]
    [InlineData(0.4, TestResult.Ok, "agree")]
    [InlineData(90, TestResult.Warning, "90 s ahead of")]
    [InlineData(-90, TestResult.Warning, "90 s behind")]
    public async Task Test_TellsHowFarTheClocksAreApart(double difference, TestResult result, string text)
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Plane.Engine.Offer = Offer() with { ClockDifferenceSeconds = difference };

        var step = (await plane.DataReplication.TestAsync(new TestRequest(Agent, "office"))).Single(s => s.Name == "clock");

        Assert.Equal(result, step.Result);
        Assert.Contains(text, step.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.5.0", TestResult.Ok)]
    [InlineData("3.2.7", TestResult.Warning)]
    [InlineData(null, TestResult.Failed)]
    public async Task Test_LooksAtTheVersionOfRsync(string? version, TestResult result)
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Plane.Engine.Offer = Offer() with { RsyncVersion = version };

        var step = (await plane.DataReplication.TestAsync(new TestRequest(Agent, "office"))).Single(s => s.Name == "rsync");

        Assert.Equal(result, step.Result);
    }

    [Fact]
    public async Task Create_OfANameThatIsTaken_OrAScheduleInThePast_NamesTheFieldAndStoresNothing()
    {
        await using var plane = await TaskPlane.StartAsync(databases);
        plane.Plane.AddVolume("vg00/nas0", VolumeType.Nas);
        plane.Plane.Engine.Offer = Offer();
        var request = new CreateReplicationTask("DataReplication", "vg00/nas0", "office", null, "10.77.0.2", User: "repl", Password: "correct horse");
        await plane.DataReplication.CreateAsync(request);

        var taken = await Refusal.OfAsync(() => plane.DataReplication.CreateAsync(request));
        var past = await Refusal.OfAsync(() => plane.DataReplication.CreateAsync(request with { Name = "other", Schedule = "once 2020-01-01 10:00" }));

        Assert.Equal((ProblemCodes.NameTaken, "name"), (taken.Code, taken.Field));
        Assert.Equal((ProblemCodes.SchedulePast, "schedule"), (past.Code, past.Field));
        Assert.Single(await plane.DataReplication.ListAsync());
    }

    private static AgentOffer Offer() => new("aa", "3.5.0", 0, [new OfferedShareInfo("office", ByteSize.GiB, ByteSize.GiB, null)]);
}

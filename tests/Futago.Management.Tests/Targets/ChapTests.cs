using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;
using Npgsql;

namespace Futago.Management.Tests.Targets;

public sealed class ChapTests(DatabaseFixture databases)
{
    private const string Name = "iqn.2026-01.example.futago:t0";
    private const string Secret = "twelve-chars";
    private const string Mutual = "other-secret-16c";

    [Fact]
    public async Task Chap_Set_ReachesTheEngineAndIsNowherePlainInTheDatabase()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));

        var view = await plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(ChapUser: "u1", ChapSecret: Secret, MutualUser: "m1", MutualSecret: Mutual));

        var chap = plane.Engine.Applied[^1].Targets[0].Chap!;
        Assert.Equal(("u1", Secret, "m1", Mutual), (chap.User, chap.Secret, chap.MutualUser, chap.MutualSecret));
        Assert.Equal(("u1", "m1"), (view.ChapUser, view.MutualUser));
        var everything = await DumpAsync(plane.Source);
        Assert.Contains("u1", everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Mutual, everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("u1", "eleven-char", ProblemCodes.ChapSecretInvalid, "chapSecret")]
    [InlineData("u1", "seventeen-chars-x", ProblemCodes.ChapSecretInvalid, "chapSecret")]
    [InlineData("u1", "twelve-chärs", ProblemCodes.ChapSecretInvalid, "chapSecret")]
    [InlineData("u1", null, ProblemCodes.ChapSecretInvalid, "chapSecret")]
    [InlineData("u 1", Secret, ProblemCodes.ChapUserInvalid, "chapUser")]
    [InlineData("", Secret, ProblemCodes.ChapUserInvalid, "chapUser")]
    [InlineData(null, Secret, ProblemCodes.ChapUserInvalid, "chapUser")]
    public async Task Chap_BadAccount_IsRefused(string? user, string? secret, string code, string field)
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));

        var problem = await Refusal.OfAsync(() => plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(ChapUser: user, ChapSecret: secret)));

        Assert.Equal((code, field), (problem.Code, problem.Field));
    }

    [Fact]
    public async Task Mutual_SecretOfTheOtherDirection_IsRefusedAlsoWhenSetLater()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        var withoutChap = await Refusal.OfAsync(() => plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(MutualUser: "m1", MutualSecret: Mutual)));
        await plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(ChapUser: "u1", ChapSecret: Secret));

        var same = await Refusal.OfAsync(() => plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(MutualUser: "m1", MutualSecret: Secret)));
        await plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(MutualUser: "m1", MutualSecret: Mutual));
        var sameFromTheOtherSide = await Refusal.OfAsync(() => plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(ChapUser: "u1", ChapSecret: Mutual)));

        Assert.Equal(ProblemCodes.ChapUserInvalid, withoutChap.Code);
        Assert.Equal((ProblemCodes.ChapSecretSame, "mutualSecret"), (same.Code, same.Field));
        Assert.Equal((ProblemCodes.ChapSecretSame, "chapSecret"), (sameFromTheOtherSide.Code, sameFromTheOtherSide.Field));
        Assert.Equal(Secret, plane.Engine.Applied[^1].Targets[0].Chap!.Secret);
    }

    [Fact]
    public async Task Chap_EmptyUser_TurnsBothDirectionsOff()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        await plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(ChapUser: "u1", ChapSecret: Secret, MutualUser: "m1", MutualSecret: Mutual));

        var view = await plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(ChapUser: ""));

        Assert.Equal((null, null), (view.ChapUser, view.MutualUser));
        Assert.Null(plane.Engine.Applied[^1].Targets[0].Chap);
    }

    [Fact]
    public async Task Chap_KeysLost_KeepsTheTargetStoppedAndSaysSoOnce()
    {
        await using var plane = await ControlPlane.StartAsync(databases);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        await plane.Targets.UpdateAsync(Name, new UpdateTargetRequest(ChapUser: "u1", ChapSecret: Secret));
        await plane.Targets.StartAsync(Name);
        plane.Protector.KeysLost = true;

        await plane.Targets.AllowAsync(Name, new AllowRequest("ALL"));
        await plane.Targets.AllowAsync(Name, new AllowRequest("10.0.0.1"));

        var target = plane.Engine.Applied[^1].Targets[0];
        Assert.False(target.Started);
        Assert.Null(target.Chap);
        Assert.Single(await plane.Events.ListAsync(new EventQuery()), e => e.Code == ConsoleEventCodes.SecretUnreadable);
    }

    private static async Task<string> DumpAsync(NpgsqlDataSource source)
    {
        List<string> tables = [];
        await using (var list = source.CreateCommand("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }
        var rows = new System.Text.StringBuilder();
        foreach (var table in tables)
        {
            await using var select = source.CreateCommand($"SELECT t::text FROM {table} t");
            await using var reader = await select.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                rows.AppendLine(reader.GetString(0));
        }
        return rows.ToString();
    }
}

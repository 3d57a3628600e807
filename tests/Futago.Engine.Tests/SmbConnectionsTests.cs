using System.ComponentModel;
using Futago.Engine.Contracts;
using Futago.Engine.Shares;
using Futago.Volumes;
using Futago.Volumes.Programs;

namespace Futago.Engine.Tests;

/// <summary>What smbstatus answers, and that no answer is not "nobody".</summary>
public sealed class SmbConnectionsTests
{
    private const string Tcons = """
        {"tcons": {
          "1": {"service": "office", "session_id": "7", "machine": "10.77.0.3", "connected_at": "2026-03-01T10:00:00+00:00"},
          "2": {"service": "IPC$", "session_id": "7", "machine": "10.77.0.3"}}}
        """;

    private const string Sessions = """{"sessions": {"7": {"username": "alice", "session_dialect": "SMB3_11"}}}""";

    public static TheoryData<string, ProgramResult> Failures => new()
    {
        { PhraseCodes.ReasonProgramFailed, new ProgramResult(1, """{"tcons": {}}""", "Failed to open the messaging context.") },
        { PhraseCodes.ReasonProgramUnreadable, new ProgramResult(0, "", "") },
        { PhraseCodes.ReasonProgramUnreadable, new ProgramResult(0, Tcons[..60], "") },
        { PhraseCodes.ReasonProgramUnreadable, new ProgramResult(0, """{"sessions": {}}""", "") },
    };

    [Fact]
    public async Task Connections_AreThoseToShares_WithTheirSessions()
    {
        var connections = new SmbConnections(option => Task.FromResult(new ProgramResult(0, option == "--shares" ? Tcons : Sessions, "")), "/log");

        var connection = Assert.Single(await connections.ListAsync());

        Assert.Equal(("office", "alice", "10.77.0.3", "SMB3_11"), (connection.Share, connection.User, connection.Address, connection.Dialect));
    }

    [Fact]
    public async Task Connections_None_AreAskedForOnce()
    {
        List<string> asked = [];
        var connections = new SmbConnections(
            option =>
            {
                asked.Add(option);
                return Task.FromResult(new ProgramResult(0, """{"tcons": {}}""", ""));
            },
            "/log");

        Assert.Empty(await connections.ListAsync());
        Assert.Equal(["--shares"], asked);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Connections_NotAnswered_AreAProblemThatSaysWhyAndWhatToDo(string code, ProgramResult answer)
    {
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => new SmbConnections(_ => Task.FromResult(answer), "/log").ListAsync())).Problem;

        Assert.Equal((ProblemCodes.SmbConnectionsUnreadable, code), (problem.Code, problem.Args!["reasonCode"]));
        Assert.Contains(problem.Args["reason"], problem.Detail, StringComparison.Ordinal);
        Assert.Contains("install the package samba again", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_ProgramMissingOrStuck_AreAProblem()
    {
        var missing = await ReasonAsync(new Win32Exception(2));
        var stuck = await ReasonAsync(null);

        Assert.Equal((PhraseCodes.ReasonProgramNotRun, "smbstatus cannot be run (No such file or directory)"), missing);
        Assert.Equal((PhraseCodes.ReasonProgramSlow, "smbstatus did not answer in time"), stuck);
    }

    private static async Task<(string Code, string Reason)> ReasonAsync(Exception? cause)
    {
        var refusal = new StorageException(new StorageProblem(StorageCodes.Internal, "It did not work."), RefusalKind.Conflict, cause);
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => new SmbConnections(_ => Task.FromException<ProgramResult>(refusal), "/log").ListAsync())).Problem;
        return (problem.Args!["reasonCode"], problem.Args["reason"]);
    }
}

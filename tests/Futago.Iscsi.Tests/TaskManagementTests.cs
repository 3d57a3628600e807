using Futago.Scsi.Transport;

namespace Futago.Iscsi.Tests;

/// <summary>Task management, RFC 7143 sections 4.2.3, 11.5 and 11.6.</summary>
public sealed class TaskManagementTests
{
    [Fact]
    public async Task AbortTask_Executing_EndsWithoutResponse()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        server.Scsi.HoldExecution = true;
        initiator.SendTogether(initiator.Read(1, 0, 1), initiator.Read(2, 0, 1));
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 2);

        initiator.Send(initiator.TaskManagement(9, 1, referencedTag: 1));
        var answer = initiator.Expect(0x22);
        server.Scsi.Release(2);

        Assert.Equal((9u, 0), (answer.TaskTag, answer.Header[2]));
        Assert.Equal(2u, initiator.Expect(0x25).TaskTag);
    }

    [Fact]
    public async Task AbortTask_WhileGathering_StopsAskingForData()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("InitialR2T", "Yes"));
        initiator.Send(initiator.Write(1, 0, 8));
        var r2t = initiator.Expect(0x31);

        initiator.Send(initiator.TaskManagement(9, 1, referencedTag: 1));
        var answer = initiator.Expect(0x22);
        initiator.Send(initiator.DataOut(1, r2t.TransferTag, 0, 0, [.. Enumerable.Repeat((byte)9, 4096)], true));
        initiator.Send(initiator.Read(2, 0, 8));

        Assert.Equal(0, answer.Header[2]);
        Assert.All(initiator.Collect(2).Data, b => Assert.Equal(0, b));
        Assert.Empty(server.Scsi.Managed);
    }

    [Fact]
    public async Task AbortTask_Unknown_DoesNotExist()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.TaskManagement(9, 1, referencedTag: 77, refCmdSn: initiator.CmdSn - 5));

        Assert.Equal(1, initiator.Expect(0x22).Header[2]);
    }

    [Fact]
    public async Task AbortTask_CommandNotYetArrived_CountsAsReceived()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();
        var lost = initiator.CmdSn++;
        initiator.Send(initiator.Read(2, 0, 1));

        initiator.Send(initiator.TaskManagement(9, 1, referencedTag: 1, refCmdSn: lost));
        var answers = new[] { initiator.Receive(), initiator.Receive() };

        Assert.Equal(0, answers.Single(a => a.Opcode == 0x22).Header[2]);
        Assert.Equal(2u, answers.Single(a => a.Opcode == 0x25).TaskTag);
    }

    [Theory]
    [InlineData(2, TaskManagementFunction.ABORT_TASK_SET)]
    [InlineData(4, TaskManagementFunction.CLEAR_TASK_SET)]
    [InlineData(5, TaskManagementFunction.LOGICAL_UNIT_RESET)]
    [InlineData(6, TaskManagementFunction.TARGET_WARM_RESET)]
    public async Task Sets_OwnTasks_EndWithoutResponses(byte code, TaskManagementFunction function)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn(("InitialR2T", "Yes"));
        server.Scsi.HoldExecution = true;
        initiator.SendTogether(initiator.Read(1, 0, 1), initiator.Write(2, 0, 8), initiator.Read(3, 0, 1));
        initiator.Expect(0x31);
        ServerUnderTest.WaitFor(() => server.Scsi.HeldCount == 2);

        initiator.Send(initiator.TaskManagement(9, code));
        var answer = initiator.Expect(0x22);
        server.Scsi.HoldExecution = false;
        initiator.Send(initiator.Read(4, 0, 1));
        var (_, last) = initiator.Collect(4);

        Assert.Equal(0, answer.Header[2]);
        Assert.Equal(function, Assert.Single(server.Scsi.Managed).Function);
        Assert.Equal(last.ExpCmdSn + 127, last.MaxCmdSn);
    }

    [Fact]
    public async Task LogicalUnitReset_TaskOfAnotherSessionGathering_EndsAsTaskAborted()
    {
        await using var server = new ServerUnderTest();
        using var first = server.LogIn(("InitialR2T", "Yes"));
        using var second = server.Connect();
        second.Isid = [0x80, 0, 0, 2, 0, 0];
        second.LoginNormal(ServerUnderTest.TargetName);
        first.Send(first.Write(1, 0, 8));
        var r2t = first.Expect(0x31);

        second.Send(second.TaskManagement(9, 5));
        second.Expect(0x22);
        var aborted = first.Expect(0x21);
        first.Send(first.DataOut(1, r2t.TransferTag, 0, 0, [.. Enumerable.Repeat((byte)9, 4096)], true));
        first.Send(first.Read(2, 0, 8));

        Assert.Equal((1u, 0x40), (aborted.TaskTag, aborted.Status));
        Assert.All(first.Collect(2).Data, b => Assert.Equal(0, b));
    }

    [Fact]
    public async Task TargetColdReset_AfterItsResponse_AllSessionsAreClosed()
    {
        await using var server = new ServerUnderTest();
        using var first = server.LogIn();
        using var second = server.Connect();
        second.Isid = [0x80, 0, 0, 2, 0, 0];
        second.LoginNormal(ServerUnderTest.TargetName);

        second.Send(second.TaskManagement(9, 7));
        var answer = second.Expect(0x22);

        Assert.Equal(0, answer.Header[2]);
        Assert.True(first.IsClosedByTarget());
        Assert.True(second.IsClosedByTarget());
    }

    [Fact]
    public async Task TargetColdReset_CommandRightBehindIt_IsNotExecuted()
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.SendTogether(initiator.TaskManagement(9, 7), initiator.TestUnitReady(10));
        var answer = initiator.Expect(0x22);

        Assert.Equal(0, answer.Header[2]);
        Assert.True(initiator.IsClosedByTarget());
        Assert.DoesNotContain(10u, server.Scsi.Accepted);
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(99, 255)]
    public async Task Function_NotAvailable_SaysSo(byte function, byte response)
    {
        await using var server = new ServerUnderTest();
        using var initiator = server.LogIn();

        initiator.Send(initiator.TaskManagement(9, function));

        Assert.Equal(response, initiator.Expect(0x22).Header[2]);
    }
}

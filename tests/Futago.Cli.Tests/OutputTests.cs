using Futago.Cli.Output;
using Futago.Engine.Contracts.Volumes;

namespace Futago.Cli.Tests;

public class OutputTests
{
    [Theory]
    [InlineData("abc", 3)]
    [InlineData("ボリューム", 10)]
    [InlineData("ﾎﾞﾘｭｰﾑ", 6)]
    [InlineData("volume 双子", 11)]
    [InlineData("e\u0301", 1)]
    [InlineData("（）", 4)]
    [InlineData("한글", 4)]
    [InlineData("😀", 2)]
    public void TextWidth_OfText_CountsColumns(string text, int columns) => Assert.Equal(columns, TextWidth.Of(text));

    [Fact]
    public void Table_WideCharacters_StaysAligned()
    {
        var table = new Table("ALIAS", ">SIZE", "STATE");
        table.Add("双子", "1 GiB", "on");
        table.Add("disk", "10 GiB", null);
        var output = new StringWriter();

        table.Write(output, "none");

        Assert.Equal("ALIAS    SIZE  STATE\n双子    1 GiB  on\ndisk   10 GiB  -\n", output.ToString());
    }

    [Fact]
    public void Table_ControlCharacters_CannotMoveTheCursor()
    {
        var table = new Table("ALIAS");
        table.Add("a\u001b[2Jb\nc");
        var output = new StringWriter();

        table.Write(output, "none");

        Assert.DoesNotContain('\u001b', output.ToString());
        Assert.Equal(2, output.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public async Task VolumeList_Text_IsATable()
    {
        await using var cli = await CliFixture.StartAsync();
        var zeros = Samples.Volume(name: "lv0001") with
        {
            State = VolumeState.Initialising,
            IoType = IoType.File,
            Initialisation = new InitialisationInfo(256L << 20, 1L << 30, null, 0, null),
            UsedBy = ["target t0, LUN 1"],
        };
        cli.Console!.Answer("GET /api/v1/volumes", new[] { Samples.Volume(), zeros });

        var run = await cli.RunAsync("volume list");

        var expected = """
            VOLUME       TYPE    SIZE  TAKEN  SPACE  I/O    STATE             USED BY
            vg00/lv0000  iSCSI  1 GiB  1 GiB  thick  block  online            -
            vg00/lv0001  iSCSI  1 GiB  1 GiB  thick  file   initialising 25%  target t0, LUN 1

            """;
        Assert.Equal(expected, run.Output);
    }

    [Fact]
    public async Task TargetShow_Text_HasEverySection()
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer($"GET /api/v1/targets/{Samples.EscapedIqn}", Samples.Target);

        var run = await cli.RunAsync($"target show {Samples.Iqn}");

        var expected = """
            Target: iqn.2026-01.example.futago:t0
                System information:
                    Driver: iscsi
                    State: running
                    Started: Yes
                    Alias: demo
                    Created: 2026-02-01 00:30:00+09:00
                I_T nexus information:
                    I_T nexus: 7
                        Initiator: iqn.1994-05.com.redhat:abc alias: client
                        ISID: 00023d000001, TSIH: 3
                        Since: 2026-02-01 00:30:00+09:00
                        CHAP user: u1
                        Connection: 0
                            IP Address: 127.0.0.1:40000
                            Portal: 127.0.0.1:3260
                        Negotiated parameters:
                            HeaderDigest: None
                            MaxBurstLength: 262144
                        Commands: 12, read: 4 KiB, written: 8 KiB
                LUN information:
                    LUN: 0
                        Type: controller
                        SCSI ID: 3000000000000000
                        SCSI SN: ctl
                        Size: 0 B, Block size: 1
                        Online: Yes
                        Removable media: No
                        Readonly: No
                        Backing store type: none
                        Backing store path: None
                        Backing store flags: write-through
                    LUN: 1
                        Type: disk
                        SCSI ID: 3111111111111111
                        SCSI SN: sn1
                        Size: 1 GiB, Block size: 512
                        Online: Yes
                        Removable media: No
                        Readonly: No
                        Backing store type: block I/O
                        Backing store path: vg00/lv0000
                        Backing store flags: write-through
                Account information:
                    u1
                    m1 (outgoing)
                Access rule information:
                    127.0.0.0/8

            """;
        Assert.Equal(expected, run.Output);
    }

    [Theory]
    [InlineData("volume list", "GET /api/v1/volumes", """[{"id":"cccccccc-0000-0000-0000-000000000001","group":"vg00","name":"a","type":"iscsi","sizeBytes":1,"allocatedBytes":1,"thin":true,"ioType":"block","state":"online","createdAt":"2026-01-31T15:30:00+00:00","usedBy":[],"replicationMode":"none","replicationMetadata":false,"path":"vg00/a"}]""")]
    [InlineData("config show", "GET /api/v1/settings", """{"nodeName":"n1","portals":[{"address":"0.0.0.0","port":3260}]}""")]
    [InlineData("session refused", "GET /api/v1/refused-logins", """[{"id":1,"lastAt":"2026-01-31T15:30:00+00:00","count":2,"address":"10.0.0.1","initiatorName":"iqn.x","targetName":"iqn.y","reason":"noAccessRule"}]""")]
    public async Task Json_OfTheApi_IsPassedOnUnchanged(string line, string request, string document)
    {
        await using var cli = await CliFixture.StartAsync();
        cli.Console!.Answer(request, () => (200, document));

        var run = await cli.RunAsync($"{line} --json");

        Assert.Equal(document, run.Output.TrimEnd('\n'));
    }
}

using System.Text.Json.Nodes;

namespace Futago.Cli.Tests;

/// <summary>Lines that scripts use word for word: what each sends, and that it succeeds. DIR is the working directory.</summary>
public class VerbatimLinesTests
{
    private const string T0 = Samples.Iqn;
    private const string T0Route = $"/api/v1/targets/{Samples.EscapedIqn}";

    public static TheoryData<string, string, string> Lines => new()
    {
        { "unit create-image DIR/unit0.img --size 4GiB", "POST /api/v1/units/images", """{"path":"DIR/unit0.img","sizeBytes":4294967296}""" },
        { "unit create-image unit0.img --size 4GiB", "POST /api/v1/units/images", """{"path":"DIR/unit0.img","sizeBytes":4294967296}""" },
        { "unit delete-image ./unit0.img --yes", "DELETE /api/v1/units/images?path=ESCAPEDDIR%2Funit0.img", """{"confirm":"DIR/unit0.img"}""" },
        { "group create vg00 --unit DIR/unit0.img", "POST /api/v1/groups", """{"name":"vg00","unitPath":"DIR/unit0.img","overwrite":false}""" },
        { "group create --unit unit0.img --overwrite --yes", "POST /api/v1/groups", """{"unitPath":"DIR/unit0.img","overwrite":true}""" },
        { "group import --unit unit0.img --name vg01", "POST /api/v1/groups/import", """{"unitPath":"DIR/unit0.img","newName":"vg01"}""" },
        { "group export vg00", "POST /api/v1/groups/vg00/export", "" },
        { "group destroy vg00 --yes", "DELETE /api/v1/groups/vg00", """{"confirm":"vg00"}""" },
        { "volume create vg00/lv0000 --type iscsi --size 1GiB", "POST /api/v1/volumes/vg00", """{"name":"lv0000","type":"iscsi","sizeBytes":1073741824,"thin":false,"ioType":"block"}""" },
        { "volume create vg00/lv0000 --type iscsi --size 1GiB --thin --io-type file", "POST /api/v1/volumes/vg00", """{"name":"lv0000","type":"iscsi","sizeBytes":1073741824,"thin":true,"ioType":"file"}""" },
        { "volume create vg00 --size 1GiB --initialisation-limit 50MiB/s", "POST /api/v1/volumes/vg00", """{"type":"iscsi","sizeBytes":1073741824,"thin":false,"ioType":"block","initialisationLimitBytesPerSecond":52428800}""" },
        { "volume set vg00/lv0000 --initialisation-limit none", "PATCH /api/v1/volumes/vg00/lv0000", """{"initialisationLimitBytesPerSecond":0}""" },
        { "volume set vg00/lv0000 --replication source", "PUT /api/v1/volumes/vg00/lv0000/replication-mode", """{"mode":"source"}""" },
        { "volume set vg00/lv0000 --replication destination", "PUT /api/v1/volumes/vg00/lv0000/replication-mode", """{"mode":"destination"}""" },
        { "volume set vg00/lv0000 --replication none --yes", "DELETE /api/v1/volumes/vg00/lv0000/replication-mode", """{"confirm":"vg00/lv0000","anyway":false}""" },
        { "volume set vg00/lv0000 --replication none --anyway --yes", "DELETE /api/v1/volumes/vg00/lv0000/replication-mode", """{"confirm":"vg00/lv0000","anyway":true}""" },
        { "volume expand vg00/lv0000 --size 2GiB", "PATCH /api/v1/volumes/vg00/lv0000", """{"sizeBytes":2147483648}""" },
        { "volume expand vg00/lv0000 --size +1GiB", "PATCH /api/v1/volumes/vg00/lv0000", """{"sizeBytes":2147483648}""" },
        { "volume rename vg00/lv0000 data", "PATCH /api/v1/volumes/vg00/lv0000", """{"newName":"data"}""" },
        { "volume rename vg00/lv0000 vg00/data", "PATCH /api/v1/volumes/vg00/lv0000", """{"newName":"data"}""" },
        { "volume delete vg00/lv0000 --yes", "DELETE /api/v1/volumes/vg00/lv0000", """{"confirm":"lv0000"}""" },
        { "volume create vg00/nas0 --type nas --size 2GiB", "POST /api/v1/volumes/vg00", """{"name":"nas0","type":"nas","sizeBytes":2147483648,"thin":false,"ioType":"block"}""" },
        { "volume set vg00/lv0000 --snapshot-reserve 25", "PATCH /api/v1/volumes/vg00/lv0000", """{"snapshotReservePercent":25}""" },
        { "snapshot create vg00/nas0@before-update", "POST /api/v1/volumes/vg00/nas0/snapshots", """{"name":"before-update","protected":false,"origin":"manual"}""" },
        { "snapshot create vg00/lv0000 --protected", "POST /api/v1/volumes/vg00/lv0000/snapshots", """{"protected":true,"origin":"manual"}""" },
        { "snapshot list", "GET /api/v1/snapshots", "" },
        { "snapshot set vg00/lv0000@snap0000 --protected", "PATCH /api/v1/volumes/vg00/lv0000/snapshots/snap0000", """{"protected":true}""" },
        { "snapshot delete vg00/lv0000@snap0000 --yes", "DELETE /api/v1/volumes/vg00/lv0000/snapshots/snap0000", """{"confirm":"snap0000"}""" },
        { "snapshot rollback vg00/nas0@before-update --yes", "POST /api/v1/volumes/vg00/nas0/snapshots/before-update/rollback", """{"confirm":"nas0","whileConnected":false}""" },
        { "snapshot clone vg00/lv0000@snap0000 copy --thin", "POST /api/v1/volumes/vg00/lv0000/snapshots/snap0000/clone", """{"name":"copy","thin":true}""" },
        { $"lun add {T0} --snapshot vg00/lv0000@snap0000 --lun 1", $"POST {T0Route}/luns", """{"volume":"vg00/lv0000@snap0000","lun":1,"readOnly":false,"writeBack":false,"blockSize":512,"removable":false}""" },
        { "share create office --volume vg00/nas0", "POST /api/v1/shares", """{"name":"office","volume":"vg00/nas0","readOnly":false,"guest":false,"allowedHosts":[],"users":[]}""" },
        { "share create office --volume vg00/nas0@friday --folder a/b --read-only --guest --allowed-host 10.77.0.0/24 --allowed-user alice --comment TEXT", "POST /api/v1/shares", """{"name":"office","volume":"vg00/nas0@friday","folder":"a/b","readOnly":true,"guest":true,"allowedHosts":["10.77.0.0/24"],"users":["alice"],"comment":"TEXT"}""" },
        { "share set office --read-only false --all-hosts --allowed-user alice", "PATCH /api/v1/shares/office", """{"readOnly":false,"allowedHosts":[],"users":["alice"]}""" },
        { "share list", "GET /api/v1/shares", "" },
        { "share connections", "GET /api/v1/share-connections", "" },
        { "share delete office --yes", "DELETE /api/v1/shares/office", """{"confirm":"office"}""" },
        { "share-user list", "GET /api/v1/share-users", "" },
        { "share-user set alice --password-file F", "PUT /api/v1/share-users/alice", """{"password":"secret-of-14ch"}""" },
        { "share-user delete alice --yes", "DELETE /api/v1/share-users/alice", "" },
        { $"target create {T0}", "POST /api/v1/targets", $$"""{"name":"{{T0}}"}""" },
        { $"target create {T0} --alias TEXT", "POST /api/v1/targets", $$"""{"name":"{{T0}}","alias":"TEXT"}""" },
        { "target create", "POST /api/v1/targets", "{}" },
        { $"lun add {T0} --volume vg00/lv0000 --lun 1", $"POST {T0Route}/luns", """{"volume":"vg00/lv0000","lun":1,"readOnly":false,"writeBack":false,"blockSize":512,"removable":false}""" },
        { $"lun add {T0} --volume vg00/lv0000 --lun 1 --read-only --write-back --scsi-id 3111111111111111 --block-size 4096 --removable", $"POST {T0Route}/luns", """{"volume":"vg00/lv0000","lun":1,"scsiId":"3111111111111111","readOnly":true,"writeBack":true,"blockSize":4096,"removable":true}""" },
        { $"lun add {T0} --iso vg00/nas0:/iso/debian.iso --lun 1", $"POST {T0Route}/luns", """{"lun":1,"readOnly":false,"writeBack":false,"blockSize":512,"removable":false,"iso":"vg00/nas0:/iso/debian.iso"}""" },
        { $"lun set {T0} --lun 1 --iso vg00/nas0:/iso/other.iso", $"PATCH {T0Route}/luns/1", """{"iso":"vg00/nas0:/iso/other.iso"}""" },
        { $"lun set {T0} --lun 1 --new-lun 2 --read-only --write-back false", $"PATCH {T0Route}/luns/1", """{"lun":2,"readOnly":true,"writeBack":false}""" },
        { $"lun remove {T0} --lun 1", $"DELETE {T0Route}/luns/1", "" },
        { $"access allow {T0} --address 127.0.0.0/8", $"POST {T0Route}/access-rules", """{"address":"127.0.0.0/8"}""" },
        { $"access allow {T0} --initiator iqn.1994-05.com.redhat:abc", $"POST {T0Route}/access-rules", """{"initiator":"iqn.1994-05.com.redhat:abc"}""" },
        { $"access remove {T0} --address 127.0.0.0/8", $"DELETE {T0Route}/access-rules/aaaaaaaa-0000-0000-0000-000000000001", "" },
        { $"access remove {T0} --rule aaaaaaaa-0000-0000-0000-000000000001", $"DELETE {T0Route}/access-rules/aaaaaaaa-0000-0000-0000-000000000001", "" },
        { $"target set {T0} --chap-user u1 --chap-secret-file F", $"PATCH {T0Route}", """{"chapUser":"u1","chapSecret":"secret-of-14ch"}""" },
        { $"target set {T0} --mutual-user m1 --mutual-secret-file F", $"PATCH {T0Route}", """{"mutualUser":"m1","mutualSecret":"secret-of-14ch"}""" },
        { $"target set {T0} --no-chap", $"PATCH {T0Route}", """{"chapUser":""}""" },
        { $"target set {T0} --no-mutual", $"PATCH {T0Route}", """{"mutualUser":""}""" },
        { $"target set {T0} --alias x", $"PATCH {T0Route}", """{"alias":"x"}""" },
        { $"target start {T0}", $"POST {T0Route}/start", "" },
        { $"target stop {T0}", $"POST {T0Route}/stop", "" },
        { $"target delete {T0} --yes", $"DELETE {T0Route}", $$"""{"confirm":"{{T0}}"}""" },
        { "pair code", "POST /api/v1/pair/code", "" },
        { "pair join 10.78.0.2 --code 7K3M-7K3M-7K3M-7K3M", "POST /api/v1/pair/join", """{"address":"10.78.0.2","code":"7K3M-7K3M-7K3M-7K3M"}""" },
        { "pair join 10.78.0.2 --code-file F", "POST /api/v1/pair/join", """{"address":"10.78.0.2","code":"secret-of-14ch"}""" },
        { "pair show", "GET /api/v1/pair", "" },
        { "pair set --replication-address 10.78.0.1 --link-port 7790", "PATCH /api/v1/pair", """{"replicationAddress":"10.78.0.1","linkPort":7790}""" },
        { "pair set --replication-address any", "PATCH /api/v1/pair", """{"replicationAddress":""}""" },
        { "pair test", "POST /api/v1/pair/path-test", "" },
        { "pair delete --yes", "DELETE /api/v1/pair", """{"confirm":"nodeb"}""" },
        { "agent enable", "PATCH /api/v1/agent", """{"enabled":true}""" },
        { "agent disable", "PATCH /api/v1/agent", """{"enabled":false}""" },
        { "agent show", "GET /api/v1/agent", "" },
        { "data-replication browse 10.77.0.2 --user repl --password-file F", "POST /api/v1/data-replication/browse", """{"address":"10.77.0.2","user":"repl","password":"secret-of-14ch","port":8874}""" },
        { "task log --task DataReplication", "GET /api/v1/tasks/log?limit=100&task=DataReplication", "" },
        { "volume-replication list", "GET /api/v1/volume-replications", "" },
        { "volume-replication modes", "GET /api/v1/volume-replication-modes", "" },
        { "volume-replication show replication1", "GET /api/v1/volume-replications/replication1", "" },
        { "volume-replication browse --source vg00/lv0000", "GET /api/v1/volume-replication-destinations?source=vg00%2Flv0000", "" },
        { "volume-replication create replication1 --source vg00/lv0000 --destination vg00/lv0000 --create-destination", "POST /api/v1/volume-replications", """{"name":"replication1","source":"vg00/lv0000","destination":"vg00/lv0000","createDestination":true}""" },
        { "volume-replication create replication1 --source vg00/lv0000 --destination vg00/lv0001 --resync-limit 100MiB/s --yes", "POST /api/v1/volume-replications", """{"name":"replication1","source":"vg00/lv0000","destination":"vg00/lv0001","createDestination":false,"overwrite":"vg00/lv0001","resyncLimitBytesPerSecond":104857600}""" },
        { "volume-replication set replication1 --verify-schedule none", "PATCH /api/v1/volume-replications/replication1", """{"verifySchedule":""}""" },
        { "volume-replication set replication1 --resync-limit 100MiB/s", "PATCH /api/v1/volume-replications/replication1", """{"resyncLimitBytesPerSecond":104857600}""" },
        { "volume-replication set replication1 --resync-limit none", "PATCH /api/v1/volume-replications/replication1", """{"resyncLimitBytesPerSecond":0}""" },
        { "volume-replication start replication1", "POST /api/v1/volume-replications/replication1/start", "" },
        { "volume-replication stop replication1", "POST /api/v1/volume-replications/replication1/stop", "" },
        { "volume-replication verify replication1", "POST /api/v1/volume-replications/replication1/verify", "" },
        { "volume-replication verify replication1 --stop", "DELETE /api/v1/volume-replications/replication1/verify", "" },
        { "volume-replication switch replication1 --yes", "POST /api/v1/volume-replications/replication1/switch", "{}" },
        { "volume-replication switch replication1 --source peer --yes", "POST /api/v1/volume-replications/replication1/switch", """{"source":"peer"}""" },
        { "volume-replication heal replication1 --yes", "POST /api/v1/volume-replications/replication1/heal", """{"confirm":"replication1"}""" },
        { "volume-replication clear-metadata replication1 --yes", "POST /api/v1/volume-replications/replication1/clear-metadata", """{"confirm":"replication1"}""" },
        { "volume-replication discard-side replication1 --yes", "POST /api/v1/volume-replications/replication1/discard-side", """{"side":"here","confirm":"replication1"}""" },
        { "volume-replication discard-side replication1 --side peer --yes", "POST /api/v1/volume-replications/replication1/discard-side", """{"side":"peer","confirm":"replication1"}""" },
        { "volume-replication force-source replication1 --yes", "POST /api/v1/volume-replications/replication1/force-source", """{"confirm":"replication1"}""" },
        { "volume-replication delete replication1 --here-only --yes", "DELETE /api/v1/volume-replications/replication1", """{"confirm":"replication1","hereOnly":true}""" },
        { "failover create --task replication1 --virtual-ip 10.77.0.10/24 --nic eth0 --auxiliary eth1 --ping-node 10.77.0.254", "POST /api/v1/failover", """{"tasks":["replication1"],"virtualIps":[{"address":"10.77.0.10/24","nic":"eth0"}],"auxiliaries":[{"nic":"eth1"}],"pingNodes":["10.77.0.254"]}""" },
        { "failover create --task a --task b --virtual-ip 10.77.0.10/24 --virtual-ip 10.78.0.10/24 --nic eth0:ens1 --nic eth1 --policy ping-only --primary peer", "POST /api/v1/failover", """{"tasks":["a","b"],"virtualIps":[{"address":"10.77.0.10/24","nic":"eth0","peerNic":"ens1"},{"address":"10.78.0.10/24","nic":"eth1"}],"policy":"pingOnly","primary":"peer"}""" },
        { "failover set --witness 10.77.0.3:7791", "PATCH /api/v1/failover", """{"witness":"10.77.0.3:7791"}""" },
        { "failover set --witness none --ping-node none --auxiliary none", "PATCH /api/v1/failover", """{"witness":"","pingNodes":[],"auxiliaries":[]}""" },
        { "failover check", "GET /api/v1/failover/check", "" },
        { "failover show", "GET /api/v1/failover", "" },
        { "failover status", "GET /api/v1/failover", "" },
        { "failover start", "POST /api/v1/failover/start", "" },
        { "failover stop", "POST /api/v1/failover/stop", "" },
        { "failover stop --yes", "POST /api/v1/failover/stop", "" },
        { "failover switch", "POST /api/v1/failover/switch", "" },
        { "failover sync", "POST /api/v1/failover/sync", "" },
        { "failover failback", "POST /api/v1/failover/failback", "" },
        { "failover maintenance on", "POST /api/v1/failover/maintenance", """{"on":true}""" },
        { "failover maintenance off", "POST /api/v1/failover/maintenance", """{"on":false}""" },
        { "failover serve-anyway --yes", "POST /api/v1/failover/serve-anyway", """{"confirm":"nodea","force":false}""" },
        { "failover serve-anyway --yes --force", "POST /api/v1/failover/serve-anyway", """{"confirm":"nodea","force":true}""" },
        { "failover copy-targets --yes", "POST /api/v1/failover/copy-targets", "" },
        { "failover delete --yes", "DELETE /api/v1/failover", """{"confirm":"nodea","hereOnly":false}""" },
        { "network list", "GET /api/v1/network/nics", "" },
        { "task running", "GET /api/v1/tasks/running", "" },
        { "session list", "GET /api/v1/sessions", "" },
        { "session close 7", "DELETE /api/v1/sessions/7", "" },
        { "user create bob --role operator --password-file F", "POST /api/v1/users", """{"name":"bob","password":"secret-of-14ch","role":"operator"}""" },
        { "user set bob --role viewer", "PATCH /api/v1/users/bob", """{"role":"viewer"}""" },
        { "user delete bob --yes", "DELETE /api/v1/users/bob", """{"confirm":"bob"}""" },
        { "token create backup --user bob", "POST /api/v1/tokens", """{"user":"bob","name":"backup"}""" },
        { "token delete aaaaaaaa-0000-0000-0000-000000000001", "DELETE /api/v1/tokens/aaaaaaaa-0000-0000-0000-000000000001", "" },
        { "config set --node-name n1 --portal 10.77.0.1 --portal [::]:3261", "PATCH /api/v1/settings", """{"nodeName":"n1","portals":[{"address":"10.77.0.1","port":3260},{"address":"::","port":3261}]}""" },
        { "event list --severity warning --source audit --search a&b --limit 5", "GET /api/v1/events?limit=5&minimumSeverity=Warning&source=audit&search=a%26b", "" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Line_ConsoleAnswers_SendsRequestAndSucceeds(string line, string request, string body)
    {
        await using var cli = await CliFixture.StartAsync();
        cli.WriteFile("F", "secret-of-14ch\n");
        request = request.Replace("ESCAPEDDIR", Uri.EscapeDataString(cli.WorkingDirectory), StringComparison.Ordinal);
        Prepare(cli, request);

        var run = await cli.RunAsync(line.Replace("DIR", cli.WorkingDirectory, StringComparison.Ordinal));

        // Only the token's value, or the code, belongs on standard output; what it is stands beside it.
        if (!line.StartsWith("token create", StringComparison.Ordinal) && line != "pair code")
            Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.NotEqual("", run.Output);
        var sent = cli.Console!.Requests[^1];
        Assert.Equal(request, sent.Line);
        var expected = body.Replace("DIR", cli.WorkingDirectory, StringComparison.Ordinal);
        Assert.True(
            (expected.Length == 0 && sent.Body.Length == 0) || JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(sent.Body)),
            $"expected {expected}, sent {sent.Body}");
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Line_Json_WritesTheApisDocumentAndNothingElse(string line, string request, string body)
    {
        await using var cli = await CliFixture.StartAsync();
        cli.WriteFile("F", "secret-of-14ch\n");
        request = request.Replace("ESCAPEDDIR", Uri.EscapeDataString(cli.WorkingDirectory), StringComparison.Ordinal);
        var document = Prepare(cli, request);

        var run = await cli.RunAsync($"--json {line.Replace("DIR", cli.WorkingDirectory, StringComparison.Ordinal)}");

        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(document, run.Output.TrimEnd('\n'));
        Assert.NotNull(body);
    }

    /// <summary>Answers for one request, and for what a verb looks up before it.</summary>
    /// <returns>The document of the answer; empty without one.</returns>
    private static string Prepare(CliFixture cli, string request)
    {
        cli.Console!.Answer("GET /api/v1/volumes", new[] { Samples.Volume() });
        cli.Console.Answer($"GET {T0Route}", Samples.Target);
        cli.Console.Answer("GET /api/v1/pair", Samples.Pair);
        cli.Console.Answer("GET /api/v1/volume-replications/replication1", Samples.Replication);
        cli.Console.Answer("GET /api/v1/failover", FailoverSamples.View);
        object? document = request switch
        {
            _ when request.StartsWith("POST /api/v1/units/images", StringComparison.Ordinal) => Samples.Unit("/u/unit0.img"),
            _ when request.EndsWith("/export", StringComparison.Ordinal) => null,
            _ when request.StartsWith("POST /api/v1/groups", StringComparison.Ordinal) => Samples.Group,
            "GET /api/v1/shares" => new[] { Samples.Share },
            "POST /api/v1/shares" or "PATCH /api/v1/shares/office" => Samples.Share,
            "GET /api/v1/share-connections" => new[] { new Engine.Contracts.Shares.ShareConnectionInfo("office", "alice", "10.77.0.3", Samples.Time, "SMB3_11") },
            "GET /api/v1/share-users" => new[] { new Engine.Contracts.Shares.ShareUserInfo("alice") },
            "PUT /api/v1/share-users/alice" => new Engine.Contracts.Shares.ShareUserInfo("alice"),
            "GET /api/v1/snapshots" => new[] { Samples.Snapshot },
            _ when request.EndsWith("/rollback", StringComparison.Ordinal) => new Engine.Contracts.Snapshots.RollBackResult(Samples.Snapshot, Samples.Snapshot),
            _ when request.EndsWith("/clone", StringComparison.Ordinal) => Samples.Volume(),
            _ when request.Contains("/snapshots", StringComparison.Ordinal) && !request.StartsWith("DELETE", StringComparison.Ordinal) => Samples.Snapshot,
            _ when request.StartsWith("POST /api/v1/volumes", StringComparison.Ordinal) => Samples.Volume(),
            _ when request.EndsWith("/replication-mode", StringComparison.Ordinal) => Samples.Volume(),
            _ when request.StartsWith("PATCH /api/v1/volumes", StringComparison.Ordinal) => Samples.Volume(2L << 30),
            $"DELETE {T0Route}" => null,
            _ when request.Contains("/api/v1/targets", StringComparison.Ordinal) => Samples.Target,
            _ when request.EndsWith("/api/v1/agent", StringComparison.Ordinal) => new Console.Client.DataReplication.AgentView(true, 8874, null, null, []),
            "POST /api/v1/data-replication/browse" => new Engine.Contracts.DataReplication.AgentOffer("ab", "3.5.0", 0, [new("office", 1, 1, null)]),
            _ when request.StartsWith("GET /api/v1/tasks/log", StringComparison.Ordinal) => Array.Empty<Console.Client.Tasks.TaskLogView>(),
            "GET /api/v1/volume-replications" => new[] { Samples.Replication },
            "GET /api/v1/volume-replication-modes" => new[] { new Console.Client.VolumeReplication.VolumeMode(Samples.RuleId, "vg00/lv0000", Engine.Contracts.Replication.VolumeReplicationMode.Source, "replication1") },
            _ when request.StartsWith("GET /api/v1/volume-replication-destinations", StringComparison.Ordinal) => new Console.Client.VolumeReplication.DestinationOffer("nodeb", [], []),
            "PATCH /api/v1/volume-replications/replication1" or "POST /api/v1/volume-replications/replication1/stop" => new Console.Client.VolumeReplication.VolumeReplicationResult(Samples.Replication, null),
            "DELETE /api/v1/volume-replications/replication1" => null,
            _ when request.Contains("/api/v1/volume-replications", StringComparison.Ordinal) => Samples.Replication,
            "GET /api/v1/failover/check" => FailoverSamples.Ready,
            "DELETE /api/v1/failover" => null,
            _ when request.Contains("/api/v1/failover", StringComparison.Ordinal) => FailoverSamples.View,
            "GET /api/v1/network/nics" => new[] { FailoverSamples.Nic },
            "GET /api/v1/tasks/running" => Array.Empty<Console.Client.Tasks.RunView>(),
            "GET /api/v1/sessions" => new[] { Samples.Session },
            "POST /api/v1/users" or "PATCH /api/v1/users/bob" => new Console.Client.Users.UserView("bob", Console.Client.Users.UserRole.Operator, Samples.Time, null),
            "POST /api/v1/tokens" => new Console.Client.Users.TokenView(Samples.RuleId, "backup", "bob", Samples.Time, null, "the-value"),
            "POST /api/v1/pair/code" => new Console.Client.Pairing.PairCode("7K3M-7K3M-7K3M-7K3M", Samples.Time),
            "POST /api/v1/pair/path-test" => Samples.Path,
            "DELETE /api/v1/pair" => new Console.Client.Pairing.UnpairResult(true),
            _ when request.Contains("/api/v1/pair", StringComparison.Ordinal) => Samples.Pair,
            "PATCH /api/v1/settings" => new Console.Client.Node.SettingsView("n1", [new("10.77.0.1", 3260)]),
            _ when request.StartsWith("GET /api/v1/events", StringComparison.Ordinal) => Array.Empty<Console.Client.Events.EventView>(),
            _ => null,
        };
        cli.Console.Answer(request, document, document is null ? 204 : 200);
        return document is null ? "" : System.Text.Json.JsonSerializer.Serialize(document, document.GetType(), Engine.Contracts.EngineJson.Options);
    }
}

using Futago.Console.Client.Targets;
using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Replication;
using Futago.Engine.Contracts.Volumes;
using Futago.Management.VolumeReplication;

namespace Futago.Management.Tests.Targets;

/// <summary>ISO images as CD-ROM LUNs, on a real database.</summary>
public sealed class CdRomTests(DatabaseFixture databases)
{
    private const string Name = "iqn.2026-01.example.futago:t0";
    private const string Iso = "vg00/nas0:/iso/debian.iso";

    [Fact]
    public async Task CdRom_Added_ReachesTheEngineAsADriveAndNotAsADisk()
    {
        await using var plane = await WithTargetAsync();
        var nas = plane.Engine.Volumes.Single(v => v.Type == VolumeType.Nas);

        // The same image twice: nobody writes to it.
        await plane.Targets.AddLunAsync(Name, new AddLunRequest(null, 4, Iso: " vg00/nas0:iso//debian.iso "));
        var view = await plane.Targets.AddLunAsync(Name, new AddLunRequest(null, Iso: Iso));
        var target = Assert.Single(plane.Engine.Applied[^1].Targets);

        Assert.Empty(target.Luns);
        Assert.Equal([(0, nas.Id, "/iso/debian.iso"), (4, nas.Id, "/iso/debian.iso")], target.CdRoms.Select(c => (c.Lun, c.VolumeId, c.Image)));
        Assert.Equal(2, target.CdRoms.Select(c => c.ScsiId).Distinct().Count());
        Assert.Equal([("cd-rom", Iso), ("cd-rom", Iso)], view.Luns.Select(l => (l.Type, l.Source!)));
        Assert.All(view.Luns, l => Assert.Equal((2048, true, true), (l.BlockSize, l.ReadOnly, l.Removable)));
    }

    [Fact]
    public async Task CdRom_AnotherImage_KeepsNumberAndIdentity()
    {
        await using var plane = await WithTargetAsync();
        await plane.Targets.AddLunAsync(Name, new AddLunRequest(null, Iso: Iso));
        var before = plane.Engine.Applied[^1].Targets[0].CdRoms[0];

        await plane.Targets.UpdateLunAsync(Name, 0, new UpdateLunRequest(Iso: "vg00/nas0:/other.iso"));

        Assert.Equal(before with { Image = "/other.iso" }, plane.Engine.Applied[^1].Targets[0].CdRoms[0]);
    }

    [Theory]
    [InlineData("vg00/nas0", ProblemCodes.IsoPathInvalid, "iso")]
    [InlineData("vg00/nas0:/", ProblemCodes.IsoPathInvalid, "iso")]
    [InlineData("vg00/nas0:/../x.iso", ProblemCodes.IsoPathInvalid, "iso")]
    [InlineData("nas0:/iso/debian.iso", ProblemCodes.IsoPathInvalid, "iso")]
    [InlineData("vg00/none:/iso/debian.iso", ProblemCodes.VolumeNotFound, "iso")]
    [InlineData("vg00/lv0000:/iso/debian.iso", ProblemCodes.VolumeNotNas, "iso")]
    [InlineData("vg00/nas0:/iso/none.iso", ProblemCodes.IsoNotFound, "iso")]
    public async Task CdRom_BadImage_IsRefusedAndNothingChanges(string iso, string code, string field)
    {
        await using var plane = await WithTargetAsync();
        var revision = (await plane.Store.ReadAsync()).Revision;

        var problem = await Refusal.OfAsync(() => plane.Targets.AddLunAsync(Name, new AddLunRequest(null, Iso: iso)));

        Assert.Equal((code, field), (problem.Code, problem.Field));
        Assert.Equal(revision, (await plane.Store.ReadAsync()).Revision);
    }

    [Fact]
    public async Task CdRom_SettingsOfADisk_AreRefused()
    {
        await using var plane = await WithTargetAsync();
        await plane.Targets.AddLunAsync(Name, new AddLunRequest(null, Iso: Iso));
        await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/lv0000"));

        Assert.Equal((ProblemCodes.RequestMalformed, "volume"), await OfAddAsync(plane, new AddLunRequest("vg00/lv0000", Iso: Iso)));
        Assert.Equal((ProblemCodes.RequestMalformed, "volume"), await OfAddAsync(plane, new AddLunRequest(null)));
        Assert.Equal((ProblemCodes.LunIsCdRom, "writeBack"), await OfAddAsync(plane, new AddLunRequest(null, WriteBack: true, Iso: Iso)));
        Assert.Equal((ProblemCodes.LunIsCdRom, "readOnly"), await OfUpdateAsync(plane, 0, new UpdateLunRequest(ReadOnly: false)));
        Assert.Equal((ProblemCodes.LunIsCdRom, "writeBack"), await OfUpdateAsync(plane, 0, new UpdateLunRequest(WriteBack: true)));
        Assert.Equal((ProblemCodes.LunIsCdRom, "removable"), await OfUpdateAsync(plane, 0, new UpdateLunRequest(Removable: false)));
        Assert.Equal((ProblemCodes.LunIsDisk, "iso"), await OfUpdateAsync(plane, 1, new UpdateLunRequest(Iso: Iso)));
    }

    /// <summary>The peer has no such file.</summary>
    [Fact]
    public async Task CdRom_OnATargetWithAReplicatedVolume_IsRefused()
    {
        await using var plane = await WithTargetAsync();
        await plane.Targets.AddLunAsync(Name, new AddLunRequest("vg00/lv0000"));
        var volume = plane.Engine.Volumes.Single(v => v.Type == VolumeType.Iscsi);
        await plane.Store.ChangeAsync(c =>
        {
            c.VolumeReplications.Add(new VolumeReplicationTask
            {
                Id = Guid.NewGuid(),
                Name = "replication1",
                Reverse = false,
                VolumeId = volume.Id,
                Volume = volume.Path,
                SizeBytes = volume.SizeBytes,
                PeerVolume = volume.Path,
                PeerTask = "replication1_reverse",
                Role = ReplicationRole.Source,
                CreatedAt = DateTimeOffset.UnixEpoch,
            });
            return plane.Audit.Observation(EventSeverity.Info, "test", null, "Replicated.");
        });

        Assert.Equal((ProblemCodes.LunIsCdRom, "iso"), await OfAddAsync(plane, new AddLunRequest(null, Iso: Iso)));
    }

    private async Task<ControlPlane> WithTargetAsync()
    {
        var plane = await ControlPlane.StartAsync(databases);
        plane.AddVolume("vg00/lv0000");
        plane.AddVolume("vg00/nas0", VolumeType.Nas);
        plane.Engine.IsoImages.UnionWith(["/iso/debian.iso", "/other.iso"]);
        await plane.Targets.CreateAsync(new CreateTargetRequest(Name));
        return plane;
    }

    private static async Task<(string, string?)> OfAddAsync(ControlPlane plane, AddLunRequest request)
    {
        var problem = await Refusal.OfAsync(() => plane.Targets.AddLunAsync(Name, request));
        return (problem.Code, problem.Field);
    }

    private static async Task<(string, string?)> OfUpdateAsync(ControlPlane plane, int lun, UpdateLunRequest request)
    {
        var problem = await Refusal.OfAsync(() => plane.Targets.UpdateLunAsync(Name, lun, request));
        return (problem.Code, problem.Field);
    }
}

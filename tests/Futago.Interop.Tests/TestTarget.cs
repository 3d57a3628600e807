using Futago.Testing.Nodes;

namespace Futago.Interop.Tests;

/// <summary>A started target with one volume as LUN 1; disposing removes both.</summary>
public sealed class TestTarget(FutagoNode node, string name, string volume) : IAsyncDisposable
{
    public string Name => name;

    /// <summary>Path of the volume, <c>group/name</c>.</summary>
    public string Volume => volume;

    public string Portal => $"iscsi://127.0.0.1:{node.IscsiPort}/";

    /// <summary>URL of the LUN as libiscsi's tools and QEMU take it.</summary>
    public string Url => $"{Portal}{name}/1";

    public async ValueTask DisposeAsync()
    {
        await node.CliAsync("target", "stop", name);
        await node.CliAsync("target", "delete", name, "--yes");
        await node.CliAsync("volume", "delete", volume, "--yes");
    }
}

using System.Collections.Concurrent;

namespace Futago.Interop.Tests;

/// <summary>One target per kind of LUN for all conformance suites: each suite cleans up behind itself.</summary>
public sealed class LibiscsiTargets(NodeFixture fixture) : IAsyncDisposable
{
    private const string ChapSecret = "twelve-chars!";

    private readonly ConcurrentDictionary<string, Lazy<Task<TestTarget>>> _targets = new(StringComparer.Ordinal);

    /// <summary>A target is made by several commands: one after the other, as one person would.</summary>
    private readonly SemaphoreSlim _making = new(1);

    public async Task<string> UrlAsync(string kind)
    {
        var target = await _targets.GetOrAdd(kind, _ => new Lazy<Task<TestTarget>>(() => MakeAsync(kind))).Value;
        return kind == "chap" ? target.Url.Replace("iscsi://", $"iscsi://u1%{ChapSecret}@", StringComparison.Ordinal) : target.Url;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _targets.Values)
            await (await target.Value).DisposeAsync();
        _making.Dispose();
    }

    private async Task<TestTarget> MakeAsync(string kind)
    {
        await _making.WaitAsync();
        try
        {
            return await CreateAsync(kind);
        }
        finally
        {
            _making.Release();
        }
    }

    private async Task<TestTarget> CreateAsync(string kind) => kind switch
    {
        "thin" => await fixture.CreateTargetAsync("1GiB", ["--thin"]),
        "thick" => await fixture.CreateTargetAsync("256MiB"),
        "4 KiB" => await fixture.CreateTargetAsync("256MiB", ["--thin"], ["--block-size", "4096"]),
        "thick 4 KiB" => await fixture.CreateTargetAsync("256MiB", [], ["--block-size", "4096"]),
        "write-back" => await fixture.CreateTargetAsync("256MiB", ["--thin"], ["--write-back"]),
        "removable" => await fixture.CreateTargetAsync("256MiB", [], ["--removable"]),
        "read-only" => await fixture.CreateTargetAsync("256MiB", ["--thin"], ["--read-only"]),
        "chap" => await WithChapAsync(await fixture.CreateTargetAsync("256MiB", ["--thin"])),
        "sanitize" => await fixture.CreateTargetAsync("256MiB", ["--thin"]),
        // At the rate at which data is destroyed (256 MiB/s) long enough for a test that sleeps and looks whether it still goes on.
        "large" => await fixture.CreateTargetAsync("2GiB", ["--thin"]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private async Task<TestTarget> WithChapAsync(TestTarget target)
    {
        var secret = Path.Combine(fixture.Node.DataDirectory, "matrix-secret");
        await File.WriteAllTextAsync(secret, ChapSecret + "\n");
        await fixture.Node.CliAsync("target", "set", target.Name, "--chap-user", "u1", "--chap-secret-file", secret);
        return target;
    }
}

using System.Diagnostics;

namespace Futago.Cli.Tests;

/// <summary>The <c>futago</c> script in the root of the checkout, as a process of its own.</summary>
public class WrapperTests
{
    [Fact]
    public async Task Wrapper_Built_RunsTheCommandFromAnywhere()
    {
        var (exitCode, output, error) = await RunAsync(Path.Combine(Checkout.Root, "futago"), "/", "volume", "list", "--socket", "no-such-socket");

        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Equal("", output);
        Assert.Contains("The console at /no-such-socket does not answer (there is no such socket).", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrapper_ThroughALink_FindsItsCheckout()
    {
        var directory = Directory.CreateTempSubdirectory("futago-cli-").FullName;
        var link = Path.Combine(directory, "futago");
        File.CreateSymbolicLink(link, Path.Combine(Checkout.Root, "futago"));

        var (exitCode, output, _) = await RunAsync(link, directory, "--version");

        Directory.Delete(directory, recursive: true);
        Assert.Equal(ExitCode.Success, exitCode);
        Assert.StartsWith("0.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrapper_NotBuilt_SaysWhatToDo()
    {
        var directory = Directory.CreateTempSubdirectory("futago-cli-").FullName;
        var script = Path.Combine(directory, "futago");
        File.Copy(Path.Combine(Checkout.Root, "futago"), script);

        var (exitCode, _, error) = await RunAsync(script, directory, "status");

        Directory.Delete(directory, recursive: true);
        Assert.Equal(ExitCode.Failed, exitCode);
        Assert.Equal("futago: not built yet; run ./run.sh first\n", error);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string script, string workingDirectory, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", [script, .. args])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Futago.Testing.Nodes;

/// <summary>Runs code whose sockets belong to a network namespace, on a thread of its own that ends with it (setns(2) is a matter of threads).</summary>
public static partial class NetworkNamespace
{
    private const int CLONE_NEWNET = 0x40000000;

    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{name}");
                if (SetNs(handle, CLONE_NEWNET) != 0)
                    throw new IOException($"The namespace {name} cannot be entered: error {Marshal.GetLastPInvokeError()}");
                result.SetResult(work());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        })
        { IsBackground = true, Name = $"netns {name}" }.Start();
        return result.Task;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNs(SafeFileHandle fd, int type);
}

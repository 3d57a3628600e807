using System.Runtime.InteropServices;
using Futago.Engine.Fuse;
using Futago.Engine.Hosting;
using Futago.Engine.Options;

if (EngineOptions.Parse(args, out var errors) is not { } options)
{
    foreach (var error in errors)
        Console.Error.WriteLine($"futago-engine: {error}");
    Console.Error.WriteLine(EngineOptions.Usage);
    return 2;
}

// The file systems of replicated NAS volumes are written back through this process: it must not wait for them to get memory. (Threads and programs that
// it starts inherit it.)
FuseSystem.MarkAsWriteBack();
// Taken before anything is mounted: a signal during a long start stops the engine in order when the start is through.
var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
await using var guard = options.Guarded ? GuardLink.Start(TimeProvider.System) : null;
try
{
    await using var host = await EngineHost.StartAsync(options, TimeProvider.System, guard is null ? new NoGuard() : guard);
    await Task.WhenAny(stop.Task, guard?.GuardGone ?? stop.Task);
    return 0;
}
catch (StartException e)
{
    Console.Error.WriteLine($"futago-engine: {e.Message}");
    return 1;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.TrySetResult();
}

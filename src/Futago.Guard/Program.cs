using System.Runtime.InteropServices;
using Futago.Guard;

if (GuardOptions.Parse(args, out var errors) is not { } options)
{
    foreach (var error in errors)
        Log(error);
    Console.Error.WriteLine(GuardOptions.Usage);
    return 2;
}

FileStream held;
try
{
    Directory.CreateDirectory(options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    // FileShare.None is flock(2): it goes when the process goes, however it ends.
    held = new FileStream(Path.Combine(options.DataDirectory, "guard.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Log($"the data directory {options.DataDirectory} cannot be taken; another guard may be running on it ({e.Message})");
    return 1;
}

using (held)
using (var stop = new CancellationTokenSource())
{
    // The process goes on until the engine has ended.
    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }

    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    return await new EngineGuard(options, TimeProvider.System, Log).RunAsync(stop.Token);
}

static void Log(string line) => Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} guard: {line}");

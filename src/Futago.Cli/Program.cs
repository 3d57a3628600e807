using Futago.Cli;

using var interrupted = new CancellationTokenSource();
System.Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};
return await CliApplication.RunAsync(args, CliEnvironment.OfThisProcess(), interrupted.Token);

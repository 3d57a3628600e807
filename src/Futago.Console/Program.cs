using Futago.Console;

return await ConsoleApplication.RunAsync(args);

namespace Futago.Console.Tests.Controls;

public sealed record Disk(int Id, string Name, long Size);

using System.Text;

namespace Futago.Cli;

/// <summary>Reads a password from the terminal without showing it.</summary>
internal static class HiddenInput
{
    private const int MaxCharacters = 1024;

    public static string? Read(string prompt)
    {
        System.Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (true)
        {
            var key = System.Console.ReadKey(intercept: true);
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    System.Console.Error.WriteLine();
                    return typed.ToString();
                case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } when typed.Length == 0:
                    System.Console.Error.WriteLine();
                    return null;
                case { Key: ConsoleKey.Backspace }:
                    if (typed.Length > 0)
                        typed.Length--;
                    break;
                default:
                    if (!char.IsControl(key.KeyChar) && typed.Length < MaxCharacters)
                        typed.Append(key.KeyChar);
                    break;
            }
        }
    }
}

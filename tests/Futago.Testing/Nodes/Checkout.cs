namespace Futago.Testing.Nodes;

/// <summary>The checkout that the running tests were built from.</summary>
public static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "appliance.sln")))
                return directory.FullName;
        }
        throw new InvalidOperationException("The tests do not run from inside a checkout.");
    }
}

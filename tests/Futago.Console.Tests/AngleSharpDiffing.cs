using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Futago.Console.Tests;

/// <summary>bUnit asks for a newer AngleSharp.Diffing than the package source holds; the one beside the tests serves.</summary>
internal static class AngleSharpDiffing
{
    [ModuleInitializer]
    internal static void Resolve() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        name.Name == "AngleSharp.Diffing"
            ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "AngleSharp.Diffing.dll"))
            : (Assembly?)null;
}

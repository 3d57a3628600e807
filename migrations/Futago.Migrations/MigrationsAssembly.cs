namespace Futago.Migrations;

public static class MigrationsAssembly
{
    /// <summary>For <c>UseNpgsql(…, o => o.MigrationsAssembly(…))</c>.</summary>
    public const string Name = "Futago.Migrations";
}

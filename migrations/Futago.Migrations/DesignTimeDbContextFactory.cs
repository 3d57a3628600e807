using Futago.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Futago.Migrations;

/// <summary>How dotnet-ef gets the model: it never connects to the server that the connection string names.</summary>
public sealed class DesignTimeDbContextFactory : IDesignTimeDbContextFactory<ApplianceDbContext>
{
    public ApplianceDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<ApplianceDbContext>()
        .UseNpgsql("Host=unused", postgres => postgres.MigrationsAssembly(MigrationsAssembly.Name))
        .Options);
}

using System.Text.RegularExpressions;

namespace Futago.Architecture.Tests;

public partial class ProjectGraphTests
{
    public static TheoryData<string> ShippedProjects => [.. ProjectFile.Shipped.Select(project => project.Name)];

    public static TheoryData<string> Engines => [.. ProjectRule.All.Where(row => row.Value.Engine).Select(row => row.Key)];

    [Theory]
    [MemberData(nameof(ShippedProjects))]
    public void Project_References_OnlyWhatItsRowAllows(string name)
    {
        var project = ProjectFile.Shipped.Single(candidate => candidate.Name == name);

        Assert.True(ProjectRule.All.TryGetValue(name, out var rule), $"{name} has no row in the table of projects.");
        Assert.Empty(project.Projects.Except(rule.Projects));
        Assert.Empty(project.Packages.Except(rule.Packages));
        Assert.True(rule.AspNet || !project.UsesAspNet, $"{name} may not use ASP.NET Core.");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Engine_LockFile_BringsNothingButAbstractions(string name)
    {
        var project = ProjectFile.Shipped.Single(candidate => candidate.Name == name);

        Assert.Empty(project.LockedPackages().Except(ProjectRule.EngineMayBring));
    }

    [Fact]
    public void Rules_OfProjectsThatAreGone_AreRemoved()
    {
        Assert.Empty(ProjectRule.All.Keys.Except(ProjectFile.Shipped.Select(project => project.Name)));
    }

    [Fact]
    public void Solution_HasEveryProjectOnce()
    {
        var listed = SolutionProject().Matches(Repository.Read("appliance.sln")).Select(match => match.Groups[1].Value.Replace('\\', '/')).ToList();

        Assert.Equal(ProjectFile.All.Select(project => project.Path).Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Projects_Shipped_AreNotBuiltOnTests()
    {
        var tests = ProjectFile.All.Except(ProjectFile.Shipped).Select(project => project.Name).ToList();

        Assert.NotEmpty(tests);
        Assert.Empty(ProjectFile.Shipped.Where(project => project.Projects.Intersect(tests).Any()).Select(project => project.Name));
    }

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex SolutionProject();
}

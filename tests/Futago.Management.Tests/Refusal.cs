using Futago.Engine.Contracts;

namespace Futago.Management.Tests;

internal static class Refusal
{
    public static async Task<Problem> OfAsync(Func<Task> action) => (await Assert.ThrowsAsync<ProblemException>(action)).Problem;

    public static Problem Of(Action action) => Assert.Throws<ProblemException>(action).Problem;
}

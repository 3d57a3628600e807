using Futago.Engine.Contracts;

namespace Futago.Console.Tests.Fakes;

/// <summary>Records what was asked; refuses everything while <see cref="Refusal"/> is set.</summary>
public abstract class FakeService
{
    public List<object> Requests { get; } = [];

    public Problem? Refusal { get; set; }

    /// <summary>Notes a change and refuses it if told so.</summary>
    protected void Take(object request)
    {
        Requests.Add(request);
        Answer();
    }

    protected void Answer()
    {
        if (Refusal is not null)
            throw new ProblemException(Refusal);
    }
}

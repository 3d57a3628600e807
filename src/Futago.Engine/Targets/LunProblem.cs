using Futago.Engine.Contracts;

namespace Futago.Engine.Targets;

/// <summary>Why a LUN of a started target is not served.</summary>
internal sealed record LunProblem(string Target, int Lun, Problem Problem);

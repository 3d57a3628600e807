namespace Futago.Iscsi.Login;

/// <summary>One negotiated key: a row of <see cref="KeyTable"/>.</summary>
/// <param name="Name">Spelling on the wire; keys are case-sensitive.</param>
/// <param name="Minimum">Smallest value, for numbers.</param>
/// <param name="Maximum">Largest value, for numbers.</param>
/// <param name="LeadingOnly">Session-wide: only the first connection of a session may bring it.</param>
/// <param name="NormalOnly">Means nothing in a discovery session, where the answer is <c>Irrelevant</c>.</param>
/// <param name="InFullFeature">May be sent in Text requests after login.</param>
/// <param name="Ours">Our value.</param>
/// <param name="Apply">Stores the result.</param>
internal sealed record KeyDefinition(
    string Name,
    ResultFunction Function,
    int Minimum,
    int Maximum,
    bool LeadingOnly,
    bool NormalOnly,
    bool InFullFeature,
    Func<IscsiServerOptions, string> Ours,
    Action<NegotiatedParameters, string> Apply);

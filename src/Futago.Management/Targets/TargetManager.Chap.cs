using Futago.Console.Client.Events;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Users;
using Futago.Engine.Contracts;

namespace Futago.Management.Targets;

public sealed partial class TargetManager
{
    public Task<TargetView> UpdateAsync(string name, UpdateTargetRequest request, CancellationToken cancellation = default)
    {
        var alias = CheckAlias(request.Alias);
        CheckAccount(request.ChapUser, request.ChapSecret, "chapUser", "chapSecret");
        CheckAccount(request.MutualUser, request.MutualSecret, "mutualUser", "mutualSecret");

        return ChangeTargetAsync(name, UserRole.Administrator, (actor, _, target) =>
        {
            var before = Accounts(target);
            if (request.Alias is not null)
                target.Alias = alias;
            ApplyChap(target, request);
            // A new secret under the old user name is a change too, although what the log may show of it is the same.
            var secretChanged = !string.IsNullOrEmpty(request.ChapSecret) || !string.IsNullOrEmpty(request.MutualSecret);
            var after = Accounts(target);
            return before == after && !secretChanged
                ? null
                : audit.Entry(actor, ConsoleEventCodes.TargetChanged, target.Name, $"Target {target.Name} was changed.", before, after, ("secretsChanged", secretChanged ? "yes" : "no"));
        }, cancellation);
    }

    private void ApplyChap(Target target, UpdateTargetRequest request)
    {
        if (request.ChapUser is "")
        {
            target.ChapUser = target.ProtectedChapSecret = null;
            target.MutualUser = target.ProtectedMutualSecret = null;
            if (!string.IsNullOrEmpty(request.MutualUser))
                throw MutualNeedsChap();
            return;
        }
        if (request.ChapUser is not null)
        {
            target.ChapUser = request.ChapUser;
            target.ProtectedChapSecret = protector.Protect(request.ChapSecret!);
        }
        if (request.MutualUser is "")
        {
            target.MutualUser = target.ProtectedMutualSecret = null;
        }
        else if (request.MutualUser is not null)
        {
            if (target.ChapUser is null)
                throw MutualNeedsChap();
            target.MutualUser = request.MutualUser;
            target.ProtectedMutualSecret = protector.Protect(request.MutualSecret!);
        }

        // RFC 7143 section 12.1.3: the same secret MUST NOT be used in both directions, or an attacker reflects the challenge.
        var secret = string.IsNullOrEmpty(request.ChapSecret) ? Unprotect(target.ProtectedChapSecret) : request.ChapSecret;
        var mutualSecret = string.IsNullOrEmpty(request.MutualSecret) ? Unprotect(target.ProtectedMutualSecret) : request.MutualSecret;
        if (target.MutualUser is not null && secret is not null && string.Equals(secret, mutualSecret, StringComparison.Ordinal))
            throw ProblemException.Invalid(ProblemCodes.ChapSecretSame, "The mutual secret must differ from the CHAP secret.",
                string.IsNullOrEmpty(request.MutualSecret) ? "chapSecret" : "mutualSecret");
    }

    private string? Unprotect(string? secret) => secret is null ? null : protector.Unprotect(secret);

    private static ProblemException MutualNeedsChap() =>
        ProblemException.Invalid(ProblemCodes.ChapUserInvalid, "Mutual CHAP works only together with CHAP. Set the CHAP user and secret too.", "chapUser");

    // A user and its secret are set together: changing one alone would leave an account that nobody meant.
    private static void CheckAccount(string? user, string? secret, string userField, string secretField)
    {
        if (user is null && secret is null or "")
            return;
        if (user is "" && string.IsNullOrEmpty(secret))
            return;
        ChapRule.CheckUser(user ?? "", userField);
        ChapRule.CheckSecret(secret ?? "", secretField);
    }

    private static AccountSummary Accounts(Target target) => new(target.Alias, target.ChapUser, target.MutualUser);

    private sealed record AccountSummary(string? Alias, string? ChapUser, string? MutualUser);
}

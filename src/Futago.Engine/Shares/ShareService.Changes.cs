using Futago.Engine.Contracts;
using Futago.Engine.Contracts.Events;
using Futago.Engine.Contracts.Shares;

namespace Futago.Engine.Shares;

/// <summary>Changes: checked, kept, and only then served.</summary>
internal sealed partial class ShareService
{
    /// <exception cref="ProblemException">Refused; nothing has changed.</exception>
    public async Task<ShareInfo> CreateAsync(CreateShareRequest request)
    {
        ShareRules.CheckName(request.Name);
        var folder = ShareRules.CheckFolder(request.Folder);
        var hosts = ShareRules.CheckHosts(request.AllowedHosts);
        var comment = ShareRules.CheckComment(request.Comment);
        var (volume, snapshotId) = FindSource(request.Volume);
        var share = await ChangeAsync(document =>
        {
            if (document.Shares.FirstOrDefault(s => string.Equals(s.Name, request.Name, StringComparison.OrdinalIgnoreCase)) is { } taken)
                throw ProblemException.Conflict(ProblemCodes.NameTaken, $"There is a share {taken.Name} already; choose another name.", "name", ("name", request.Name));
            if (document.Shares.Count >= SharesMaximum)
                throw ProblemException.Conflict(ProblemCodes.RequestMalformed, $"A node has at most {SharesMaximum} shares.");
            var users = ShareRules.CheckUsers(request.Users, document.Users);
            if (snapshotId is null)
                PrepareFolder(volume, folder);
            var created = new StoredShare(
                Guid.NewGuid(), request.Name, volume.Id, folder, request.ReadOnly || snapshotId is not null, request.Guest, hosts, users, snapshotId, comment);
            return (document with { Shares = [.. document.Shares, created] }, created);
        });
        // The first share starts Samba: a user who is told that the share is there finds it.
        await _smb.WhenDecidedAsync();
        _journal.Append(
            EventSeverity.Info, EventCodes.ShareCreated, share.Name, $"Share {share.Name} of {request.Volume} was created.", ("share", share.Name), ("volume", request.Volume));
        return ToInfo(share);
    }

    /// <exception cref="ProblemException">Refused; nothing has changed.</exception>
    public async Task<ShareInfo> UpdateAsync(string name, UpdateShareRequest request)
    {
        var hosts = request.AllowedHosts is null ? null : ShareRules.CheckHosts(request.AllowedHosts);
        var share = await ChangeAsync(document =>
        {
            var before = Find(document, name);
            if (before.SnapshotId is not null && request.ReadOnly == false)
                throw ProblemException.Invalid(ProblemCodes.ShareReadOnly, $"Share {name} is one of a snapshot and always read-only.", "readOnly", ("share", name));
            var after = before with
            {
                ReadOnly = request.ReadOnly ?? before.ReadOnly,
                Guest = request.Guest ?? before.Guest,
                AllowedHosts = hosts ?? before.AllowedHosts,
                Users = request.Users is null ? before.Users : ShareRules.CheckUsers(request.Users, document.Users),
                Comment = request.Comment is null ? before.Comment : ShareRules.CheckComment(request.Comment),
            };
            return (document with { Shares = [.. document.Shares.Select(s => s.Id == before.Id ? after : s)] }, after);
        });
        _journal.Append(EventSeverity.Info, EventCodes.ShareChanged, name, $"Share {name} was changed.", ("share", name));
        return ToInfo(share);
    }

    /// <exception cref="ProblemException">Refused; nothing has changed.</exception>
    public async Task DeleteAsync(string name, string? confirm)
    {
        await ChangeAsync(document =>
        {
            var share = Find(document, name);
            if (confirm != share.Name)
                throw ProblemException.Invalid(
                    ProblemCodes.ConfirmationMismatch, $"To confirm, type the name exactly as it is: {share.Name}.", "confirm", ("name", share.Name));
            return (document with { Shares = [.. document.Shares.Where(s => s.Id != share.Id)] }, share);
        });
        _journal.Append(EventSeverity.Info, EventCodes.ShareDeleted, name, $"Share {name} was deleted; its files stay on the volume.", ("share", name));
    }

    /// <summary>Adds the user, or gives one that is there a new password.</summary>
    /// <exception cref="ProblemException">Refused; nothing has changed.</exception>
    public async Task<ShareUserInfo> SetUserAsync(string name, SetShareUserRequest request)
    {
        ShareRules.CheckUserName(name);
        ShareRules.CheckPassword(request.Password);
        await ChangeAsync(async document =>
        {
            var changed = document;
            if (!document.Users.Any(u => u.Name == name))
            {
                if (document.Users.Count >= UsersMaximum)
                    throw ProblemException.Conflict(ProblemCodes.RequestMalformed, $"A node has at most {UsersMaximum} share users.");
                changed = document with { Users = [.. document.Users, new StoredShareUser(name, document.NextUid)], NextUid = document.NextUid + 1 };
            }
            // Samba takes only users that it finds among the accounts.
            SambaAccounts.Write(_paths, changed.Users);
            try
            {
                await _smb.SetPasswordAsync(name, request.Password);
            }
            catch
            {
                SambaAccounts.Write(_paths, document.Users);
                throw;
            }
            return (changed, name);
        });
        return new ShareUserInfo(name);
    }

    /// <exception cref="ProblemException">Refused; nothing has changed.</exception>
    public Task DeleteUserAsync(string name) => ChangeAsync(async document =>
    {
        if (!document.Users.Any(u => u.Name == name))
            throw ProblemException.NotFound(ProblemCodes.ShareUserNotFound, $"There is no share user “{ShareRules.Printable(name)}”.", ("user", ShareRules.Printable(name)));
        var shares = string.Join(", ", document.Shares.Where(s => s.Users.Contains(name)).Select(s => s.Name));
        if (shares.Length > 0)
            throw ProblemException.Conflict(
                ProblemCodes.ShareUserInUse, $"User {name} is named in the shares {shares}. Take the name out there first: a share without names is open to all share users.", null,
                ("user", name), ("shares", shares));
        await _smb.DeleteAccountAsync(name);
        var changed = document with { Users = [.. document.Users.Where(u => u.Name != name)] };
        SambaAccounts.Write(_paths, changed.Users);
        return (changed, name);
    });

    private Task<T> ChangeAsync<T>(Func<ShareDocument, (ShareDocument Document, T Result)> change) => ChangeAsync(document => Task.FromResult(change(document)));

    private async Task<T> ChangeAsync<T>(Func<ShareDocument, Task<(ShareDocument Document, T Result)>> change)
    {
        T result;
        await _gate.WaitAsync();
        try
        {
            (var changed, result) = await change(_document);
            try
            {
                if (changed != _document)
                    _store.Save(changed);
            }
            catch (IOException e)
            {
                throw new ProblemException(new Problem(ProblemCodes.Internal, $"The list of shares could not be stored: {e.Message}"), 503);
            }
            _document = changed;
        }
        finally
        {
            _gate.Release();
        }
        await ReconcileAsync();
        return result;
    }

    private static StoredShare Find(ShareDocument document, string name) =>
        document.Shares.FirstOrDefault(s => string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw ProblemException.NotFound(ProblemCodes.ShareNotFound, $"There is no share “{ShareRules.Printable(name)}”.", ("share", ShareRules.Printable(name)));

    private (Volumes.LogicalVolumes.VolumeStatus Volume, Guid? SnapshotId) FindSource(string? path)
    {
        var parts = (path ?? "").Split('@');
        var volume = _catalogue!.Volumes.FirstOrDefault(v => $"{v.Group}/{v.Name}" == parts[0])
            ?? throw new ProblemException(new Problem(
                ProblemCodes.VolumeNotFound, $"There is no volume {ShareRules.Printable(parts[0])}.", "volume",
                new Dictionary<string, string> { ["volume"] = ShareRules.Printable(parts[0]) }), 404);
        if (!volume.Nas)
            throw ProblemException.Invalid(ProblemCodes.VolumeNotNas, $"Volume {parts[0]} is not a NAS volume, so there are no files to share.", "volume", ("volume", parts[0]));
        if (parts.Length == 1)
        {
            if (_catalogue.WhyLocked(volume.Id) is { } locked)
                throw new ProblemException(Status.Mapping.ToProblem(locked) with { Field = "volume" }, 409);
            return volume.MountPoint is null
                ? throw new ProblemException(Status.Mapping.ToProblem(_catalogue.WhyNotMounted(volume.Id)) with { Field = "volume" }, 409)
                : (volume, null);
        }
        var snapshot = _catalogue.SnapshotsOf(volume.Id).FirstOrDefault(s => parts.Length == 2 && s.Name == parts[1])
            ?? throw new ProblemException(new Problem(
                ProblemCodes.SnapshotNotFound, $"There is no snapshot {ShareRules.Printable(path)}.", "volume",
                new Dictionary<string, string> { ["snapshot"] = ShareRules.Printable(path) }), 404);
        return (volume, snapshot.Id);
    }

    private static void PrepareFolder(Volumes.LogicalVolumes.VolumeStatus volume, string folder)
    {
        try
        {
            ShareFolder.Prepare(volume.MountPoint!, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            throw ProblemException.Conflict(ProblemCodes.ShareFolderInvalid, $"The folder cannot be shared: {e.Message}", "folder", ("folder", folder));
        }
    }
}

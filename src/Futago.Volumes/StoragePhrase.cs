namespace Futago.Volumes;

/// <summary>A few words about an object, such as who uses it: a stable code with its values, and the same in English.</summary>
/// <param name="Code">One of <see cref="StoragePhraseCodes"/>.</param>
/// <param name="Args">By name; null when the words mention none.</param>
public sealed record StoragePhrase(string Code, string Text, IReadOnlyDictionary<string, string>? Args = null)
{
    public static StoragePhrase Of(string code, string text, params (string Name, string Value)[] args) =>
        new(code, text, args.Length == 0 ? null : args.ToDictionary(a => a.Name, a => a.Value));

    public static StoragePhrase Target(string target, int lun) =>
        Of(StoragePhraseCodes.UsedByTarget, $"target {target}, LUN {lun}", ("target", target), ("lun", $"{lun}"));

    public static StoragePhrase Share(string share) => Of(StoragePhraseCodes.UsedByShare, $"share {share}", ("share", share));

    public static StoragePhrase VolumeReplication(string task) => Of(StoragePhraseCodes.UsedByVolumeReplication, $"volume replication {task}", ("task", task));

    public static StoragePhrase DataReplication(string task) => Of(StoragePhraseCodes.UsedByDataReplication, $"data replication {task}", ("task", task));

    public static StoragePhrase Group(string group) => Of(StoragePhraseCodes.ContentGroup, $"volume group “{group}”", ("group", group));

    public static StoragePhrase GroupUnusable(string? reason) =>
        Of(StoragePhraseCodes.ContentGroupUnusable, $"a volume group that cannot be used: {reason}", ("reason", reason ?? ""));

    /// <summary>The English words: sentences for logs and refusals mention them.</summary>
    public override string ToString() => Text;
}

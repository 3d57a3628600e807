using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Futago.Volumes.Linux;
using Futago.Volumes.Metadata;

namespace Futago.Failover;

/// <summary>
/// What the witness keeps: its own key, and one sealed document for each pair, docs/on-disk/witness.md. A document that is damaged is
/// set aside: the pair is then unknown, which is safe.
/// </summary>
internal sealed class WitnessStore : IDisposable
{
    public const int PairsMaximum = 64;
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string KeyFile = "witness.key";
    private const string Suffix = ".json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly string _directory;
    private readonly FileStream _lock;

    private WitnessStore(string directory, FileStream locked)
    {
        _directory = directory;
        _lock = locked;
    }

    /// <exception cref="IOException">The directory cannot be used, or another witness uses it.</exception>
    public static WitnessStore Open(string directory)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return new WitnessStore(directory, new FileStream(Path.Combine(directory, "witness.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new IOException($"{directory} cannot be used: another witness runs on it, or it cannot be written ({e.Message})", e);
        }
    }

    /// <summary>The witness's key, made when there is none.</summary>
    public ECDiffieHellman LoadKey()
    {
        var path = Path.Combine(_directory, KeyFile);
        var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (File.Exists(path))
                key.ImportFromPem(File.ReadAllText(path));
            else
                DurableFile.Replace(path, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), Mode);
            if (key.KeySize != 256)
                throw new InvalidDataException($"{path} holds a key of another kind.");
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new InvalidDataException($"{path} holds no key that can be read. Without it the nodes take this for another witness: restore it, or remove it and set the witness again on a node.", e);
        }
    }

    /// <exception cref="InvalidDataException">A document is of a newer version of the product.</exception>
    public IReadOnlyDictionary<Guid, WitnessPair> Load(Action<string> log)
    {
        var pairs = new Dictionary<Guid, WitnessPair>();
        foreach (var path in Directory.GetFiles(_directory, "*" + Suffix).Order(StringComparer.Ordinal))
        {
            if (!Guid.TryParseExact(Path.GetFileNameWithoutExtension(path), "D", out var id))
                continue;
            var state = SealedDocument.Read<WitnessPairDocument>(path, WitnessPairDocument.Version, Json, out var document);
            if (state == SealedDocumentState.Newer)
                throw new InvalidDataException($"{path} was written by a newer version.");
            if (state == SealedDocumentState.Good && document!.ToPair() is { } pair && document.Pair == id)
            {
                pairs.Add(id, pair);
                continue;
            }
            log($"{path} is damaged and set aside; the pair gets no lease before one of its nodes serves and says so");
            File.Move(path, path + ".damaged", overwrite: true);
        }
        return pairs;
    }

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="IOException">What is stored is then the old or the new document.</exception>
    public void Save(Guid id, WitnessPair pair) =>
        SealedDocument.Write(Path.Combine(_directory, id.ToString("D") + Suffix), WitnessPairDocument.Of(id, pair), Json, Mode);

    public void Dispose() => _lock.Dispose();
}

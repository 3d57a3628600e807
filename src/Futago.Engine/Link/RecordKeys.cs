using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Futago.Engine.Link;

/// <summary>
/// The keys of one direction of a <see cref="SealedStream"/>, record by record. A key serves 2^20 records of 64 KiB, 2^32 blocks of AES: far
/// below what RFC 8446 section 5.5 lets one key of AES-GCM protect. The next secret follows from the one before by HKDF (RFC 5869), as with
/// the key update of RFC 8446 section 7.2; who learns it cannot go back.
/// </summary>
internal sealed class RecordKeys : IDisposable
{
    public const int SecretBytes = 32;
    public const int TagBytes = 16;

    /// <summary>AES-128, the cipher that RFC 8446 section 9.1 demands of everybody: four rounds fewer than AES-256, for every byte, on both nodes.</summary>
    private const int KeyBytes = 16;
    private const int NonceBytes = 12;

    private readonly long _recordsPerKey;
    private readonly byte[] _nonce = new byte[NonceBytes];
    private byte[] _secret;
    private AesGcm _cipher;
    private long _number;

    public RecordKeys(byte[] secret, long recordsPerKey = 1L << 20)
    {
        (_secret, _recordsPerKey) = (secret, recordsPerKey);
        _cipher = NewCipher();
    }

    /// <summary>The secrets of both directions: nobody chooses them alone.</summary>
    /// <param name="ofDialler">Random, <see cref="SecretBytes"/> long, and told under the protection of TLS; so is the other one.</param>
    public static (byte[] FromDialler, byte[] FromAnswerer) Derive(ReadOnlySpan<byte> ofDialler, ReadOnlySpan<byte> ofAnswerer)
    {
        var both = HKDF.Extract(HashAlgorithmName.SHA256, [.. ofDialler, .. ofAnswerer], "futago-mirror/2"u8.ToArray());
        return (Expand(both, "from dialler"u8), Expand(both, "from answerer"u8));
    }

    /// <summary>The next record of this direction.</summary>
    public void Seal(ReadOnlySpan<byte> header, ReadOnlySpan<byte> plain, Span<byte> sealedBytes, Span<byte> tag)
    {
        Next();
        _cipher.Encrypt(_nonce, plain, sealedBytes, tag, header);
    }

    /// <summary>The next record of this direction; a repeated, lost, moved or changed one is none.</summary>
    /// <exception cref="AuthenticationTagMismatchException">It is not what the other end sent at this place.</exception>
    public void Open(ReadOnlySpan<byte> header, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> tag, Span<byte> plain)
    {
        Next();
        _cipher.Decrypt(_nonce, sealedBytes, tag, plain, header);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _cipher.Dispose();
    }

    /// <summary>NIST SP 800-38D section 8.2.1: no two records have a number in common, whatever their key.</summary>
    private void Next()
    {
        if (_number > 0 && _number % _recordsPerKey == 0)
        {
            var next = Expand(_secret, "next"u8);
            CryptographicOperations.ZeroMemory(_secret);
            _secret = next;
            _cipher.Dispose();
            _cipher = NewCipher();
        }
        BinaryPrimitives.WriteInt64LittleEndian(_nonce, _number++);
    }

    private AesGcm NewCipher() => new(Expand(_secret, "key"u8, KeyBytes), TagBytes);

    private static byte[] Expand(byte[] secret, ReadOnlySpan<byte> label, int bytes = SecretBytes)
    {
        var output = new byte[bytes];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, output, label);
        return output;
    }
}

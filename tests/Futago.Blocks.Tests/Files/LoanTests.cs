using System.Net;
using System.Net.Sockets;

namespace Futago.Blocks.Tests.Files;

/// <summary>Loans of pages, and the changes that they keep off.</summary>
public sealed class LoanTests : IAsyncLifetime
{
    private const int LengthBytes = 4 << 20;

    private readonly TemporaryFileSystem _fs = TemporaryFileSystem.CreateXfs(512);
    private readonly BlockBufferPool _pool = new(64 << 20);
    private readonly byte[] _content = new byte[LengthBytes];
    private readonly Borrower _borrower = new();
    private FileBlockDevice _device = null!;

    private string FileName => Path.Combine(_fs.Path, "volume");

    public async ValueTask InitializeAsync()
    {
        new Random(3).NextBytes(_content);
        await File.WriteAllBytesAsync(FileName, _content);
        _device = FileBlockDevice.Open(FileName, new FileBlockDeviceOptions { CacheMode = CacheMode.PageCache });
    }

    public async ValueTask DisposeAsync()
    {
        await _device.DisposeAsync();
        _fs.Dispose();
    }

    private PageLoan Lend(long offset, int length) => _device.TryLend(offset, length, _borrower) ?? throw new InvalidOperationException("nothing lent");

    private ProbeRequest Submit(BlockOperation operation, long offset, int length)
    {
        var buffer = operation == BlockOperation.Write ? _pool.TryRent(length) : null;
        buffer?.GetSpan().Fill(0xEE);
        var request = new ProbeRequest(operation, offset, length, buffer);
        _device.Submit(request);
        return request;
    }

    private static void GiveBack(PageLoan loan)
    {
        loan.EndSending();
        loan.Return();
    }

    [Theory]
    [InlineData(0, 32768)]
    [InlineData(512, 65536)]
    [InlineData(123_456, 77_777)]
    [InlineData(0, 1 << 20)]
    [InlineData(LengthBytes - 40_000, 40_000)]
    public void Loan_SentInPieces_BringsTheBytesOfTheFile(int offset, int length)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var reader = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        reader.Connect(listener.LocalEndPoint!);
        using var writer = listener.Accept();
        writer.Blocking = false;
        var loan = Lend(offset, length);
        var received = new byte[length];

        for (var (done, piece) = (0, 4); done < length;)
        {
            var sent = loan.UnsentBytes == 0 ? 0 : loan.SendTo(writer.SafeHandle, Math.Min(piece *= 2, loan.UnsentBytes));
            Assert.True(sent is >= 0 or -11, $"error {sent}");
            done += reader.Receive(received.AsSpan(done));
        }
        GiveBack(loan);

        Assert.True(received.AsSpan().SequenceEqual(_content.AsSpan(offset, length)));
    }

    [Theory]
    [InlineData(BlockOperation.Write)]
    [InlineData(BlockOperation.Unmap)]
    [InlineData(BlockOperation.WriteZeroes)]
    public async Task Change_OfWhatIsLent_WaitsUntilItIsReturned(BlockOperation operation)
    {
        var first = Lend(65536, 65536);
        var second = Lend(65536, 32768);

        var inside = Submit(operation, 65536 + 4096, 4096);
        var before = Submit(operation, 0, 65536);
        await before.Completion;
        var refused = _device.TryLend(1 << 20, 65536, _borrower);
        GiveBack(first);
        var status = inside.Status;
        GiveBack(second);
        await inside.Completion;

        Assert.Equal(BlockStatus.Ok, before.Status);
        Assert.Null(refused);
        Assert.Null(status);
        Assert.Equal((BlockStatus.Ok, 1), (inside.Status, inside.CompletionCount));
        Assert.True(_borrower.Recalls > 0);
        GiveBack(Lend(2 << 20, 65536));
    }

    [Fact]
    public async Task Lend_WhatIsNotInTheCacheOrNotInTheDevice_IsRefused()
    {
        await Submit(BlockOperation.Unmap, 1 << 20, 1 << 20).Completion;

        Assert.Null(_device.TryLend((1 << 20) - 4096, 65536, _borrower));
        Assert.Null(_device.TryLend(LengthBytes - 4096, 8192, _borrower));
        Assert.Null(_device.TryLend(-4096, 8192, _borrower));
        Assert.Null(_device.TryLend(0, 0, _borrower));
        Assert.Null(_device.TryLend(0, (1 << 20) + 4096, _borrower));
        GiveBack(Lend(0, 65536));
    }

    [Fact]
    public async Task Lend_DirectAccess_IsRefused()
    {
        await using var device = FileBlockDevice.Open(FileName, new FileBlockDeviceOptions { ReadOnly = true });

        Assert.Null(device.TryLend(0, 65536, _borrower));
    }

    [Fact]
    public async Task Close_WithLoans_RecallsThemAndEndsWhatWaits()
    {
        var loan = Lend(0, 65536);
        var waiting = Submit(BlockOperation.Write, 0, 4096);
        var recalled = new TaskCompletionSource();
        _borrower.OnRecall = () => recalled.TrySetResult();

        var closing = _device.DisposeAsync().AsTask();
        await recalled.Task;
        GiveBack(loan);
        await closing;

        Assert.Equal((BlockStatus.Offline, 1), (waiting.Status, waiting.CompletionCount));
        Assert.Null(_device.TryLend(0, 65536, _borrower));
    }

    [Fact]
    public async Task Loans_BesideWrites_NeverShowOneHalfWay()
    {
        const int Length = 256 << 10;
        await Submit(BlockOperation.Write, 0, Length).Completion;
        var buffer = _pool.TryRent(Length)!;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                buffer.GetSpan().Fill((byte)i);
                Assert.Equal(BlockStatus.Ok, await _device.RunAsync(BlockOperation.Write, 0, Length, buffer));
            }
        }, TestContext.Current.CancellationToken);

        var lent = 0;
        for (var tries = 0; !writing.IsCompleted || lent == 0; tries++)
        {
            if (_device.TryLend(0, Length, _borrower) is not { } loan)
                continue;
            lent++;
            using var check = new FileStream(FileName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var bytes = new byte[Length];
            check.ReadExactly(bytes);
            Assert.True(bytes.AsSpan().IndexOfAnyExcept(bytes[0]) < 0, "half of a write");
            GiveBack(loan);
        }
        await writing;
    }

    private sealed class Borrower : IPageBorrower
    {
        private int _recalls;

        public int Recalls => _recalls;

        public Action? OnRecall { get; set; }

        public void Recall()
        {
            Interlocked.Increment(ref _recalls);
            OnRecall?.Invoke();
        }
    }
}

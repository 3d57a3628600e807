namespace Futago.Engine.Fuse;

/// <summary>Requests of the kernel (linux/fuse.h, <c>enum fuse_opcode</c>); the ones that are not here are answered with ENOSYS.</summary>
internal enum FuseOpcode : uint
{
    Lookup = 1,
    Forget = 2,
    Getattr = 3,
    Open = 14,
    Read = 15,
    Write = 16,
    Statfs = 17,
    Release = 18,
    Fsync = 20,
    Flush = 25,
    Init = 26,
    Interrupt = 36,
    Destroy = 38,
    BatchForget = 42,
    Fallocate = 43,
}

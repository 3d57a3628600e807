using System.Runtime.InteropServices;

namespace Futago.Iscsi.Connection;

/// <summary>One entry of the system's <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public nint Address;
    public nuint Length;
}

using Futago.Engine.Fuse;
using Futago.Guard;

namespace Futago.Engine.Tests.Fuse;

public class ServedMountsTests
{
    [Fact]
    public void Find_ListOfMounts_GivesThoseOfTheProcess()
    {
        string[] lines =
        [
            "36 35 7:3 / /srv/a\\040b/.volumes/1 rw shared:7 - xfs /dev/loop3 rw",
            $"37 35 0:50 / /srv/a\\040b/.mirrors/1 rw shared:8 master:2 - {FuseMount.FileSystem} {FuseMount.SourceOf(123)} rw,user_id=0",
            $"38 35 0:51 / /srv/.mirrors/2 rw - {FuseMount.FileSystem} {FuseMount.SourceOf(1234)} rw,user_id=0",
            "39 35 0:52 / /srv/x rw - fuse.other futago-123 rw",
        ];

        Assert.Equal(["/srv/a b/.mirrors/1"], ServedMounts.Find(lines, 123));
    }
}

using Futago.DataReplication.Runs;
using Futago.Volumes.Metadata;

namespace Futago.DataReplication.Tests;

/// <summary>The format of runs/ID.json as version 1 wrote it; a change needs a new version.</summary>
public sealed class RunDocumentTests
{
    private const string Golden = """
        {"formatVersion":1,"runId":"11111111-1111-1111-1111-111111111111","taskId":"22222222-2222-2222-2222-222222222222","taskName":"DataReplication","startedAt":"2026-11-21T18:00:00+00:00","result":{"outcome":"warning","reason":"deleteLimit","detail":"Limit.","finishedAt":"2026-11-21T18:00:05+00:00","exitCode":0,"attempts":1,"recoveryPoint":"2026-11-21T18:00:00+00:00","sourceFiles":3,"statistics":{"files":3,"filesCreated":1,"filesDeleted":0,"filesTransferred":1,"totalBytes":5,"transferredBytes":5,"literalBytes":5,"matchedBytes":0,"sentBytes":136,"receivedBytes":38,"speedup":0.028735632183908046},"errors":[],"output":"x\n"},"checksum":"sha256:274ac364987c8ab6471d790dc752d8b222297caac641d8bf42138cf17ae455c0"}

        """;

    [Fact]
    public void Document_OfVersion1_IsReadAndWrittenAsItWas()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, Golden);

            var state = SealedDocument.Read<RunDocument>(path, RunDocument.CurrentVersion, ReplicationJson.Options, out var document);

            Assert.Equal(SealedDocumentState.Good, state);
            Assert.Equal(("DataReplication", RunOutcome.Warning, RunReason.DeleteLimit), (document!.TaskName, document.Result!.Outcome, document.Result.Reason));
            Assert.Equal(3, document.Result.Statistics!.Files);
            SealedDocument.Write(path, document, ReplicationJson.Options, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.Equal(Golden, File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}

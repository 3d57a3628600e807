#!/usr/bin/env bash
# Runs the fuzzers of the target and of the replication link for long. A failure names the seed that brings it again.
#
#   scripts/fuzz.sh COUNT [SEED]     COUNT inputs each: CDBs with parameter lists, PDUs, frames of the replication link; a twentieth of it logins
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 2; }
export FUTAGO_FUZZ_SEED=${2:-$RANDOM}
echo "seed $FUTAGO_FUZZ_SEED"
for project in Futago.Scsi.Tests Futago.Iscsi.Tests Futago.Replication.Tests; do
  dotnet build "tests/$project" -c Release -v q -nologo
done
FUTAGO_FUZZ=$1 dotnet test tests/Futago.Scsi.Tests -c Release --no-build --filter FullyQualifiedName~CdbFuzz
FUTAGO_FUZZ=$1 dotnet test tests/Futago.Iscsi.Tests -c Release --no-build --filter FullyQualifiedName~PduFuzz
FUTAGO_FUZZ=$(($1 / 20)) dotnet test tests/Futago.Iscsi.Tests -c Release --no-build --filter FullyQualifiedName~LoginFuzz
FUTAGO_FUZZ=$1 dotnet test tests/Futago.Replication.Tests -c Release --no-build --filter FullyQualifiedName~FrameTests.Fuzz

#!/usr/bin/env bash
# Searches every order of events of the block mirror within a bound, with the product's own core and all processors; the largest one takes an hour and 12 GB.
# What that proves: docs/protocol/replication-check.md.
#
#   prove-mirror.sh [WRITES,CRASHES,PARTITIONS]    3,2,2 unless another is named
#
#   --extent-per-block   the activity log has room for one of the two blocks at a time
#   --one-at-a-time      the second write begins when the first has ended
#   --promotions N       how often a node may become primary; crashes + partitions unless named
#   --states N           gives up after so many states; what was seen until then holds
set -euo pipefail
cd "$(dirname "$0")/.."

bound=3,2,2
while [ $# -gt 0 ]; do
  case $1 in
    --extent-per-block) export FUTAGO_BOUND_EXTENT_PER_BLOCK=1 ;;
    --one-at-a-time) export FUTAGO_BOUND_OVERLAPPING=0 ;;
    --promotions) export FUTAGO_BOUND_PROMOTIONS=${2:?--promotions needs a number}; shift ;;
    --states) export FUTAGO_STATES=${2:?--states needs a number}; shift ;;
    --help | -h) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    [0-3],[0-3],[0-3]) bound=$1 ;;
    *) echo "prove-mirror.sh: unknown option $1; --help lists them" >&2; exit 2 ;;
  esac
  shift
done

export FUTAGO_BOUND=$bound
dotnet build tests/Futago.Replication.Tests -c Release -v q -nologo
exec dotnet test tests/Futago.Replication.Tests -c Release --no-build --nologo --filter FullyQualifiedName~ChosenBound --logger 'console;verbosity=detailed'

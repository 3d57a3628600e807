#!/usr/bin/env bash
# Runs a benchmark side by side with its peer and prints a table; the last column is the ratio, ours by the peer's.
#
#   ./bench.sh iscsi [--json FILE] [--pairs N] [--seconds N] [--load TEXT]
#                                                                the target against tgtd; then against fio on the same file without a
#                                                                network, and bare TCP; with TEXT only the loads that have it in their name
#   ./bench.sh iscsi-idle                                        memory of 1,000 idle sessions, against tgtd
#   ./bench.sh iscsi-stuck [--pairs N] [--seconds N]             p99 beside a session that takes nothing; the peer column is without it
#   ./bench.sh iscsi-long --seconds N                            mixed commands for so long; the peer column is after a tenth of it
#   ./bench.sh snapshots [--json FILE] [--pairs N]               writes held by a snapshot, 10 N of them each; the peer column is the 50 ms allowed
#   ./bench.sh data-replication [--json FILE] [--pairs N] [--part small|small-tls|many|many-tls|large|large-tls]
#                                                                a full and an incremental run against rsync by hand, without TLS and through stunnel
#   ./bench.sh volume-replication [--json FILE] [--pairs N] [--seconds N] [--part limited|latency|free|resync]
#                                                                a replicated volume; the peer column is one that is not, or what the line names
set -euo pipefail
cd "$(dirname "$0")"
. scripts/packages.sh

case ${1:-} in
  '' | --help | -h) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
[ "$(id -u)" = 0 ] || { echo "bench.sh: the benchmarks start whole nodes: run this as root." >&2; exit 1; }
install_packages "${packages_run[@]}" "${packages_bench[@]}" || exit 1
mkdir -p artifacts
dotnet build tests/Futago.Benchmarks -c Release -v q -nologo >artifacts/bench-build.log 2>&1 || {
  grep -E 'error|warning' artifacts/bench-build.log | sort -u | head -n 20 >&2
  echo "bench.sh: the build failed; the whole output is in artifacts/bench-build.log." >&2
  exit 1
}
exec dotnet tests/Futago.Benchmarks/bin/Release/net10.0/Futago.Benchmarks.dll "$@"

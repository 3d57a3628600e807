#!/usr/bin/env bash
# Installs what the tests need, builds everything and runs every test. Ends with "N passed, N failed, N skipped".
#
#   --filter NAME   only tests whose full name (namespace, class, method) contains it; several names: A|B
#   --soak          adds the long counts (hours)
set -uo pipefail
cd "$(dirname "$0")" || exit 1
. scripts/packages.sh

filter=
while [ $# -gt 0 ]; do
  case $1 in
    --filter)
      # As the filters of "dotnet test" begin.
      filter=${2-} filter=${filter//FullyQualifiedName~/}
      [[ $filter =~ ^[A-Za-z0-9_.+]+(\|[A-Za-z0-9_.+]+)*$ ]] || { echo "test.sh: --filter needs a part of a test's name, such as SnapshotTests, or several: A|B" >&2; exit 2; }
      shift ;;
    --soak) export FUTAGO_SOAK=1 ;;
    --help | -h) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "test.sh: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || { echo "test.sh: the tests make file systems, mounts and network namespaces: run this as root." >&2; exit 1; }
install_packages "${packages_run[@]}" "${packages_test[@]}" || exit 1

# Mounts that a killed test leaves behind vanish with this namespace. Shared within: a namespace that a test makes ("ip netns
# exec", a node) starts as a copy of this one, and must not hold a file system that another test unmounts here.
if [ -z "${FUTAGO_TEST_NAMESPACE:-}" ]; then
  FUTAGO_TEST_NAMESPACE=1 exec unshare --mount --propagation slave -- bash "$0" \
    ${filter:+--filter "$filter"} ${FUTAGO_SOAK:+--soak}
fi
mount --make-rshared / || exit 1

# Most of what the tests start runs for seconds: compiled once, without the profile that would make a second time worth it, and
# without writing each page of it through a second mapping.
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0
# One compiler for all projects: the analyzers are loaded once. It ends by itself long before the tests do.
export UseSharedCompilation=true

mkdir -p artifacts
echo "Building …"
dotnet build appliance.sln -c Release -v q -nologo >artifacts/test-build.log 2>&1 || {
  grep -E 'error|warning' artifacts/test-build.log | sort -u | head -n 40
  echo "The build failed."
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
}
export FUTAGO_PROGRAMS=$PWD/artifacts

# Runs a command with a network, names of network namespaces and a directory for temporary files of its own: twins of two projects
# run side by side, and no test looks at what another project's tests have made.
apart() { # temporary-directory command…
  unshare --net --mount --propagation slave -- bash -c '
    mount --make-rshared / && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns && ip link set lo up || exit 1
    export TMPDIR=$0
    exec "$@"' "$@"
}

# The options of a test program for tests whose full name contains one of "A|B", or, with a "!" before them, none of them.
select_tests() {
  local option=-method name
  [ -n "$1" ] || return 0
  [ "${1#!}" = "$1" ] || option=-method-
  while read -r -d '|' name; do
    printf '%s\n%s\n' "$option" "*$name*"
  done <<<"${1#!}|"
}

# Runs one project, or a part of it; prints its line, and what failed, in one piece; leaves the three numbers in a file. A test
# project is a program that runs its own tests.
run_project() { # project[:part:names]
  local project part names name log started status temporary selection total p=0 f=1 s=0
  IFS=: read -r project part names <<<"$1"
  name=$(basename "$project")${part:+ ($part)}
  log=artifacts/${name// /}.log
  started=$SECONDS
  mapfile -t selection < <(select_tests "${filter:-$names}")
  # Short, because names of sockets are; open, because PostgreSQL runs as a user of its own.
  temporary=$(mktemp -d "${TMPDIR:-/tmp}/ft.XXXX") && chmod 1777 "$temporary"
  apart "$temporary" timeout --kill-after=30 "${FUTAGO_TEST_TIMEOUT:-2400}" \
    dotnet "$project/bin/Release/net10.0/${project##*/}.dll" -noLogo -noColor -noAutoReporters -reporter verbose "${selection[@]}" >"$log" 2>&1 </dev/null
  status=$?
  # What failed tests leave behind stays for those who look into it.
  [ $status -ne 0 ] || rm -rf --one-file-system "$temporary"
  # A program that crashed, hung or found no test has not passed: it counts as one that failed.
  if [[ $(tail -n 5 "$log") =~ Total:\ ([0-9]+)(,\ Errors:\ ([0-9]+),\ Failed:\ ([0-9]+),\ Skipped:\ ([0-9]+))? ]]; then
    total=${BASH_REMATCH[1]} f=$((BASH_REMATCH[3] + BASH_REMATCH[4])) s=$((BASH_REMATCH[5]))
    p=$((total - BASH_REMATCH[4] - s))
    [ $status -eq 0 ] || [ $f -gt 0 ] || f=1
    [ $total -gt 0 ] || [ -n "$filter" ] || f=1
  fi
  {
    printf '%-32s %4d passed %3d failed %3d skipped   %ds\n' "$name" $p $f $s $((SECONDS - started))
    # Cut off: what ended last, what had begun, and what ran for long.
    if [ $status -ge 124 ]; then grep -E '\[(STARTING|FINISHED)\]|Long Running' "$log" | tail -n 40; fi
    if [ $f -gt 0 ]; then grep -vE '\[(STARTING|FINISHED|SKIP)\]' "$log" | tail -n 120; fi
    grep -A 1 -F '[SKIP]' "$log"
  } >"$results/$name.text"
  cat "$results/$name.text"
  echo "$p $f $s" >"$results/$name.numbers"
}

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# The programs as they are used, for every test that starts one; the longest project that starts none runs meanwhile.
projects=(tests/Futago.Management.Tests)
run_project "${projects[0]}" &
./run.sh --build || { wait; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

interop=(tests/Futago.Interop.Tests)
# The longest by far runs in three parts: one node, what replicates, failover.
if [ -z "$filter" ]; then
  interop=('tests/Futago.Interop.Tests:node:!Interop.Tests.Failover|Replication|Mirror'
    'tests/Futago.Interop.Tests:replication:Replication|Mirror'
    'tests/Futago.Interop.Tests:failover:Interop.Tests.Failover')
fi
# The longest first. Those with nodes keep a processor busy for half to four fifths of their time: one more at a time than there are processors,
# and no more than memory and disk of a small machine can take.
at_once=$(($(nproc) < 3 ? $(nproc) + 1 : 4))
projects+=(tests/Futago.EndToEnd.Tests tests/Futago.Engine.Tests "${interop[@]}" tests/Futago.Console.Tests)
for project in tests/*.Tests; do
  case " ${projects[*]} " in *" $project "* | *" $project:"*) ;; *) projects+=("$project") ;; esac
done
for project in "${projects[@]:1}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n; done
  run_project "$project" &
done
wait

shopt -s nullglob
passed=0 failed=0 skipped=0
for numbers in "$results"/*.numbers; do
  read -r p f s <"$numbers"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
# A run that left no numbers did not end as it should.
finished=("$results"/*.numbers)
failed=$((failed + ${#projects[@]} - ${#finished[@]}))
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]

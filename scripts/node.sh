#!/usr/bin/env bash
# Supervises one node: guard (which supervises the engine) and console, in a mount namespace of their own, so that whatever
# happens to them no mount outlives them. Started by run.sh; ends when told by SIGTERM, or when run.sh dies.
#
#   node.sh DATA NODE-NAME CONSOLE-ADDRESS:PORT ISCSI-ADDRESS:PORT [console option …]
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/instance.sh

data=$1 node_name=$2 console_listen=$3 iscsi_portal=$4
shift 4
console_options=("$@")

FUTAGO_INSTANCE=$(instance_id "$data")
export FUTAGO_INSTANCE
runtime=$(runtime_directory "$data")
app=$runtime/app
log=$data/log
log_limit_bytes=$((16 << 20))

# What the machine unmounts goes here too (slave), and what the node unmounts goes from namespaces made within (shared): a file
# system that stays mounted in a forgotten copy cannot be mounted again.
if [ -z "${FUTAGO_NODE_NAMESPACE:-}" ]; then
  FUTAGO_NODE_NAMESPACE=1 exec unshare --mount --propagation slave -- bash "$0" "$data" "$node_name" "$console_listen" \
    "$iscsi_portal" ${console_options[@]+"${console_options[@]}"}
fi

mount --make-rshared / || exit 1

# One supervisor per data directory. Children do not inherit the lock: it must fall with this process.
exec 9>"$runtime/lock"
flock -n 9 || { echo "Another instance is already running on $data." >&2; exit 3; }
echo $$ >"$runtime/supervisor.pid"

# The console's user may not be able to walk the path to the data directory (/root is closed to it): here it gets a short
# one. Short also because a unix socket's path must fit into 107 bytes.
mkdir -p "$runtime/data"
mount --bind "$data" "$runtime/data" || exit 1

stopping=
guard_pid= console_pid=

start_guard() {
  dotnet "$app/guard/futago-guard.dll" --data "$data/engine" -- \
    dotnet "$app/engine/futago-engine.dll" --data "$data/engine" --socket "$runtime/engine.sock" \
    --socket-group "$service_user" --image-directory "$data/images" --mount-root "$runtime/groups" \
    --smb-port "${FUTAGO_SMB_PORT:-445}" ${FUTAGO_ISCSI_SPIN:+--iscsi-spin "$FUTAGO_ISCSI_SPIN"} \
    >>"$log/engine.log" 2>&1 9>&- </dev/null &
  guard_pid=$!
  echo "$guard_pid" >"$runtime/guard.pid"
}

start_console() {
  local password=()
  if [ -e "$data/console/admin-password" ]; then password=(--admin-password-file "$runtime/data/console/admin-password"); fi
  setpriv --reuid "$service_user" --regid "$service_user" --init-groups --inh-caps=-all --no-new-privs --pdeathsig TERM -- \
    dotnet "$app/console/futago-console.dll" --data "$runtime/data/console" --postgres-data "$runtime/data/postgres" \
    --engine-socket "$runtime/engine.sock" --socket "$runtime/console/console.sock" --listen "$console_listen" \
    --iscsi-portal "$iscsi_portal" --image-directory "$data/images" --node-name "$node_name" \
    ${password[@]+"${password[@]}"} ${console_options[@]+"${console_options[@]}"} >>"$log/console.log" 2>&1 9>&- </dev/null &
  console_pid=$!
  echo "$console_pid" >"$runtime/console.pid"
}

alive() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }

stop_child() { # pid seconds
  local pid=$1 tenths=$(($2 * 10))
  alive "$pid" || return 0
  kill -TERM "$pid" 2>/dev/null
  while alive "$pid" && [ "$tenths" -gt 0 ]; do
    sleep 0.1
    tenths=$((tenths - 1))
  done
  alive "$pid" && kill -KILL "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
}

stop_all() {
  [ -n "$stopping" ] && return
  stopping=1
  # The console first: it would report the engine as gone.
  stop_child "$console_pid" 20
  stop_child "$guard_pid" 30
  rm -f "$runtime"/*.pid
  exit 0
}
trap stop_all TERM INT HUP

rotate() {
  local file
  for file in "$log/engine.log" "$log/console.log"; do
    if [ -f "$file" ] && [ "$(stat -c %s "$file")" -gt "$log_limit_bytes" ]; then
      cp "$file" "$file.1" && : >"$file"
    fi
  done
}

start_guard
start_console
started=$SECONDS
pause=1
rounds=0
while true; do
  # A signal interrupts wait, not sleep.
  sleep "$pause" &
  wait $! 2>/dev/null
  # Two programs to start every second would be most of what the script costs.
  [ $((rounds++ % 60)) -eq 0 ] && rotate
  if ! alive "$guard_pid"; then
    echo "$(date -Is) the guard ended; starting it again" >>"$log/engine.log"
    start_guard
    pause=$((pause < 8 ? pause * 2 : 8))
  elif ! alive "$console_pid"; then
    echo "$(date -Is) the console ended; starting it again" >>"$log/console.log"
    start_console
    pause=$((pause < 8 ? pause * 2 : 8))
  elif [ $((SECONDS - started)) -gt 60 ]; then
    pause=1 started=$SECONDS
  fi
done

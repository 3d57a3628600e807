#!/usr/bin/env bash
# Installs what is missing, builds, and runs Futago on this machine. ./run.sh --help lists the options.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/packages.sh
. scripts/instance.sh
. scripts/twins.sh

usage() {
  cat <<'USAGE'
Usage: ./run.sh [option …]

Starts engine, guard, private PostgreSQL and console, and prints the URL and how to sign in. Ctrl-C stops everything.

  --data DIR                  data directory (default /var/lib/futago, or /var/lib/futago-twins with --twins)
  --console ADDRESS:PORT      where the console listens (default 0.0.0.0:8443, or the next free port)
  --iscsi ADDRESS:PORT        where the iSCSI service listens (default 0.0.0.0:3260, or the next free port)
  --iscsi-spin MICROSECONDS   how long an iSCSI connection looks for its next request before it sleeps, 0 to 1000: shorter
                              latency for processor time (default 60, and 0 on machines with one or two processors)
  --smb PORT                  where shares are served over SMB (default 445, or the next free port)
  --twins                     two nodes and a client in network namespaces of this machine
  --build                     install and build what is needed, and start nothing
  --detach                    return when everything runs
  --stop                      stop what runs on the data directory, and remove its namespaces
  --admin-password-file FILE  create the user "admin" with this password, unattended
USAGE
}

# A shell that was started in the background ignores SIGINT and cannot trap it: start again with the default.
if [ $((0x$(sed -n 's/^SigIgn:\t*//p' /proc/self/status) & 2)) -ne 0 ]; then
  exec env --default-signal=INT bash "$0" "$@"
fi

fail() { echo "run.sh: $*" >&2; exit 1; }

data= console= iscsi= iscsi_spin= smb= password_file= detach= stop= twins= build_only=
while [ $# -gt 0 ]; do
  case $1 in
    --data | --console | --iscsi | --iscsi-spin | --smb | --admin-password-file)
      [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 needs a value; see ./run.sh --help."
      case $1 in
        --data) data=$2 ;;
        --console) console=$2 ;;
        --iscsi) iscsi=$2 ;;
        --iscsi-spin) iscsi_spin=$2 ;;
        --smb) smb=$2 ;;
        --admin-password-file) password_file=$2 ;;
      esac
      shift ;;
    --detach) detach=1 ;;
    --stop) stop=1 ;;
    --build) build_only=1 ;;
    --twins) twins=1 ;;
    --help | -h) usage; exit 0 ;;
    *) echo "run.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

[ "$(id -u)" = 0 ] || fail "the engine mounts file systems and serves iSCSI: run this as root."

check_address() { # option value
  local port=${2##*:}
  [[ $2 == *:* && $port =~ ^[0-9]{1,5}$ && $port -ge 1 && $port -le 65535 && -n ${2%:*} ]] \
    || fail "$1 wants ADDRESS:PORT with a port from 1 to 65535, for example 0.0.0.0:8443; \"$2\" is not that."
}
[ -z "$console" ] || check_address --console "$console"
[ -z "$iscsi" ] || check_address --iscsi "$iscsi"
if [ -n "$smb" ]; then
  [[ $smb =~ ^[0-9]{1,5}$ && $smb -ge 1 && $smb -le 65535 ]] || fail "--smb wants a port from 1 to 65535; \"$smb\" is not that."
fi
if [ -n "$iscsi_spin" ]; then
  [[ $iscsi_spin =~ ^[0-9]{1,4}$ && $((10#$iscsi_spin)) -le 1000 ]] || fail "--iscsi-spin wants microseconds from 0 to 1000; \"$iscsi_spin\" is not that."
  export FUTAGO_ISCSI_SPIN=$iscsi_spin
fi
if [ -n "$password_file" ]; then
  [ -s "$password_file" ] || fail "the password file $password_file is missing or empty."
  password_file=$(realpath "$password_file")
fi

# --stop without --data means what was started last from this checkout.
if [ -n "$stop" ] && [ -z "$data" ] && [ -z "$twins" ] && [ -s .futago/last ]; then
  data=$(cat .futago/last)
fi
[ -n "$data" ] || data=/var/lib/futago${twins:+-twins}
data=$(realpath -m "$data")
[ -n "$twins" ] || [ -z "$(json_string "$data/instance.json" a)" ] || twins=1

prepare_data() { # directory
  mkdir -p "$1" 2>/dev/null || fail "the data directory $1 cannot be created; choose another with --data."
  local probe=$1/.write-probe
  { : >"$probe"; } 2>/dev/null || fail "the data directory $1 is not writable; choose another with --data, or mend its permissions."
  rm -f "$probe"
  id "$service_user" >/dev/null 2>&1 \
    || useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$service_user"
  mkdir -p "$1"/{engine,images,log,console,postgres}
  chmod 0700 "$1/engine" "$1/images" "$1/console" "$1/postgres"
  chmod 0750 "$1/log"
  # The console reaches its own two directories through a bind mount, so the path above them may stay closed.
  chmod a+x "$1"
  chown "$service_user:$service_user" "$1/console" "$1/postgres"
}

build() {
  echo "Building …"
  mkdir -p artifacts
  local project name lock
  # Two starts from one checkout build one after the other.
  exec {lock}>artifacts/build.lock
  flock "$lock"
  # Of what goes into the programs nothing is newer than they are (a file that is gone leaves a newer directory).
  if [ -f artifacts/built ] && [ -z "$(find src migrations wwwroot Directory.* global.json BannedSymbols.txt .editorconfig \
    \( -name bin -o -name obj \) -prune -o -newer artifacts/built -print -quit)" ]; then
    exec {lock}>&-
    return
  fi
  touch artifacts/building
  for name in Guard Engine Cli Console; do
    project=src/Futago.$name
    # Without the lock: the compiler's server outlives the build, and would keep the next start waiting.
    if ! dotnet publish "$project" -c Release -o "artifacts/${name,,}" -v q -nologo >artifacts/build.log 2>&1 {lock}>&-; then
      grep -E 'error|warning' artifacts/build.log | sort -u | head -n 20 >&2 || true
      fail "the build failed; the whole output is in artifacts/build.log."
    fi
  done
  mv artifacts/building artifacts/built
  exec {lock}>&-
}

# The programs run from a copy, so that building again does not pull them from under a running node, and so that the
# console's user can read them wherever the checkout is.
install_programs() { # runtime directory
  mkdir -p "$1/app" "$1/console" "$1/groups"
  chmod 0755 /run/futago "$1" "$1/app"
  chown "$service_user:$service_user" "$1/console"
  rm -rf "$1/app/"*
  cp -r artifacts/guard artifacts/engine artifacts/console "$1/app/"
  chmod -R a+rX "$1/app"
}

# What a killed run left behind: its processes get time to end in order, then end anyway. Mounts and loop devices go with
# the mount namespace of the last process.
sweep() { # data
  local id runtime pids
  id=$(instance_id "$1")
  runtime=$(runtime_directory "$1")
  local signal tenths
  for signal in TERM KILL; do
    tenths=300
    while pids=$(instance_processes "$id") && [ -n "$pids" ] && [ $tenths -gt 0 ]; do
      [ $tenths -lt 300 ] || kill -$signal $pids 2>/dev/null || true
      sleep 0.1
      tenths=$((tenths - 1))
    done
  done
  rm -f "$runtime"/*.pid "$runtime"/*.sock "$runtime"/console/*.sock
}

is_running() { # data
  process_alive "$(runtime_directory "$1")/supervisor.pid" "$(instance_id "$1")"
}

stop_node() { # data
  local runtime pid tenths=600
  runtime=$(runtime_directory "$1")
  if is_running "$1"; then
    pid=$(cat "$runtime/supervisor.pid")
    kill -TERM "$pid" 2>/dev/null || true
    while [ -d "/proc/$pid" ] && [ $tenths -gt 0 ]; do
      sleep 0.1
      tenths=$((tenths - 1))
    done
  fi
  sweep "$1"
  # Never recursively where a data directory or a volume group might be mounted: rmdir takes empty directories only.
  rm -rf "$runtime/app" "$runtime/console" "$runtime/engine.sock.samba" "$runtime/engine.sock.replication"
  rm -f "$runtime/lock"
  rmdir "$runtime"/groups/.[a-z]*/* "$runtime"/groups/.[a-z]* "$runtime"/groups/* "$runtime/groups" "$runtime/data" "$runtime" 2>/dev/null || true
}

write_instance() { # data name console iscsi url
  local runtime
  runtime=$(runtime_directory "$1")
  cat >"$1/instance.json.new" <<JSON
{
  "version": 1,
  "id": "$(instance_id "$1")",
  "nodeName": "$2",
  "engineSocket": "$runtime/engine.sock",
  "consoleSocket": "$runtime/console/console.sock",
  "console": "$3",
  "consoleUrl": "$5",
  "iscsiPortal": "$4"
}
JSON
  mv "$1/instance.json.new" "$1/instance.json"
}

remember() { # data
  mkdir -p .futago
  printf '%s\n' "$1" >.futago/last
}

wait_until_ready() { # data
  local runtime tenths=1200
  runtime=$(runtime_directory "$1")
  until curl -fs --max-time 2 --unix-socket "$runtime/console/console.sock" http://console/healthz 2>/dev/null \
      | grep -q '"engine":true'; do
    is_running "$1" || { tail -n 15 "$1/log/console.log" "$1/log/engine.log" >&2; fail "the node ended while starting; its last words are above."; }
    [ $tenths -gt 0 ] || { tail -n 15 "$1/log/console.log" "$1/log/engine.log" >&2; fail "the node did not become ready within two minutes; its last words are above."; }
    sleep 0.1
    tenths=$((tenths - 1))
  done
  rm -f "$1/console/admin-password"
}

sign_in_hint() { # data
  if [ -s "$1/console/setup-code" ]; then
    echo "the first visit creates the administrator; from another machine it asks for the setup code $(cat "$1/console/setup-code")"
  else
    echo "with your user name and password${password_file:+ (admin, password from $password_file)}"
  fi
}

# Prints the address to listen on: the one asked for, or else the one used last time, or else the default; when the latter
# two are taken, the next free port, and says so.
choose_address() { # option asked remembered default
  local wanted=${2:-${3:-$4}} chosen
  if port_is_free "$wanted"; then
    echo "$wanted"
    return
  fi
  [ -z "$2" ] || fail "$1 $2: the port is in use by another program; choose another."
  chosen=$(next_free_port "$wanted") || fail "no free port near $wanted; choose one with $1."
  echo "Port ${wanted##*:} is in use by another program; using ${chosen##*:} instead ($1 $chosen)." >&2
  echo "$chosen"
}

url_of() { # address:port
  local address=${1%:*}
  case $address in
    0.0.0.0 | '[::]') address=127.0.0.1 ;;
  esac
  echo "https://$address:${1##*:}/"
}

# Starts a node's supervisor. In the foreground it dies with this script.
launch() { # prefix-command… -- node.sh arguments
  local prefix=()
  while [ "$1" != -- ]; do prefix+=("$1"); shift; done
  shift
  if [ -n "$detach" ]; then
    setsid ${prefix[@]+"${prefix[@]}"} bash scripts/node.sh "$@" </dev/null >>"$1/log/supervisor.log" 2>&1 &
  else
    setsid setpriv --pdeathsig TERM ${prefix[@]+"${prefix[@]}"} bash scripts/node.sh "$@" </dev/null >>"$1/log/supervisor.log" 2>&1 &
  fi
}

start_node() { # prefix-command… -- data name console iscsi url [console option …]
  local prefix=()
  while [ "$1" != -- ]; do prefix+=("$1"); shift; done
  shift
  local node_data=$1 name=$2 node_console=$3 node_iscsi=$4 url=$5
  shift 5
  install_programs "$(runtime_directory "$node_data")"
  write_instance "$node_data" "$name" "$node_console" "$node_iscsi" "$url"
  local options=("$@")
  # node.sh hands it to the console as long as it is there; wait_until_ready removes it.
  [ -z "$password_file" ] || install -m 0600 -o "$service_user" "$password_file" "$node_data/console/admin-password"
  launch ${prefix[@]+"${prefix[@]}"} -- "$node_data" "$name" "$node_console" "$node_iscsi" ${options[@]+"${options[@]}"}
  local tenths=100
  until is_running "$node_data" || [ $tenths -eq 0 ]; do sleep 0.1; tenths=$((tenths - 1)); done
}

wait_for_interrupt() { # stop command…
  trap 'trap - INT TERM HUP; echo; echo "Stopping …"; '"$*"'; exit 0' INT TERM HUP
  while true; do sleep 1 & wait $! || true; done
}

if [ -n "$stop" ]; then
  if [ -n "$twins" ]; then stop_twins "$data"; else stop_node "$data"; fi
  echo "Stopped."
  exit 0
fi

command -v dotnet >/dev/null || fail "the .NET SDK is missing; install version $(sed -n 's/.*"version": "\(.*\)".*/\1/p' global.json) or newer."
install_packages "${packages_run[@]}" || exit 1

if [ -n "$build_only" ]; then
  build
  exit 0
fi

if [ -n "$twins" ]; then
  run_twins
  exit 0
fi

is_running "$data" && fail "another instance is already running on $data ($(json_string "$data/instance.json" consoleUrl)); stop it with ./run.sh --stop --data $data."
prepare_data "$data"
sweep "$data"
build
console=$(choose_address --console "$console" "$(json_string "$data/instance.json" console)" 0.0.0.0:8443)
iscsi_chosen=$(choose_address --iscsi "$iscsi" "$(json_string "$data/instance.json" iscsiPortal)" 0.0.0.0:3260)
smb_chosen=$(choose_address --smb "${smb:+0.0.0.0:$smb}" "" 0.0.0.0:445)
# Like the ports above it is chosen anew with each start; the first share opens it.
export FUTAGO_SMB_PORT=${smb_chosen##*:}
url=$(url_of "$console")
start_node -- "$data" "$(hostname -s)" "$console" "$iscsi_chosen" "$url"
remember "$data"
wait_until_ready "$data"

cat <<READY

Futago is running.
  Console   $url
  Sign in   $(sign_in_hint "$data")
  iSCSI     $iscsi_chosen
  SMB       $smb_chosen, when there is a share
  CLI       ./futago unit list
  Logs      $data/log
READY
if [ -n "$detach" ]; then
  echo "  Stop      ./run.sh --stop --data $data"
  exit 0
fi
echo "  Stop      Ctrl-C"
wait_for_interrupt stop_node "'$data'"

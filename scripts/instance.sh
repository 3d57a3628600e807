# Where the parts of an instance are. Sourced by run.sh and scripts/node.sh.

service_user=futago

# The same data directory always has the same id, so that a second start finds what the first one left.
instance_id() { printf '%s' "$1" | sha256sum | cut -c1-8; }

# Sockets, process ids and the running copy of the programs: gone after a reboot, and short enough for a socket's name.
runtime_directory() { echo "/run/futago/$(instance_id "$1")"; }

# Reads one string member of a flat JSON file that this project wrote; prints nothing when there is none.
json_string() { sed -n "s/.*\"$2\": *\"\([^\"]*\)\".*/\1/p" "$1" 2>/dev/null | head -n 1; }

# True when nothing listens on ADDRESS:PORT or on a wildcard with that port, in the present network namespace.
port_is_free() {
  local address=${1%:*} port=${1##*:} line
  while read -r line; do
    case ${line%:*} in
      "$address" | 0.0.0.0 | '*' | '[::]') return 1 ;;
      *) [ "$address" = 0.0.0.0 ] && return 1 ;;
    esac
  done < <(ss -Hltn "sport = :$port" | awk '{ print $4 }')
  return 0
}

# Prints ADDRESS:PORT with the first free port at or above the wanted one.
next_free_port() {
  local address=${1%:*} port=${1##*:} limit=$((${1##*:} + 200))
  while [ "$port" -lt "$limit" ]; do
    port_is_free "$address:$port" && { echo "$address:$port"; return 0; }
    port=$((port + 1))
  done
  return 1
}

# True while the process of a pid file lives and is still ours: the instance is marked in its environment.
process_alive() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && grep -qszx "FUTAGO_INSTANCE=$2" "/proc/$pid/environ"
}

# Every live process of an instance, found by the mark in its environment; zombies have an empty one.
instance_processes() { grep -lszx "FUTAGO_INSTANCE=$1" /proc/[0-9]*/environ | cut -d / -f 3 || true; }

# Two nodes, a client and a ping node in network namespaces of this machine. Sourced by run.sh.
#
#   futago-net     10.77.0.254  bridge of the data network; the ping node
#   futago-a       10.77.0.1    10.78.0.1    node a (eth0 data, eth1 synchronisation)
#   futago-b       10.77.0.2    10.78.0.2    node b
#   futago-client  10.77.0.3                 initiators
#
# Nothing leads from them to the machine's own network. The consoles are reached on loopback through unix sockets.

twins_namespaces=(futago-a futago-b futago-client futago-net)

twins_network_up() {
  local name
  for name in "${twins_namespaces[@]}"; do
    ip netns add "$name"
    ip -n "$name" link set lo up
  done
  ip -n futago-net link add br0 type bridge
  ip -n futago-net addr add 10.77.0.254/24 dev br0
  ip -n futago-net link set br0 up
  local index=1
  for name in futago-a futago-b futago-client; do
    ip -n "$name" link add eth0 type veth peer name "port$index" netns futago-net
    ip -n futago-net link set "port$index" master br0 up
    ip -n "$name" addr add "10.77.0.$index/24" dev eth0
    ip -n "$name" link set eth0 up
    index=$((index + 1))
  done
  ip -n futago-a link add eth1 type veth peer name eth1 netns futago-b
  ip -n futago-a addr add 10.78.0.1/24 dev eth1
  ip -n futago-b addr add 10.78.0.2/24 dev eth1
  ip -n futago-a link set eth1 up
  ip -n futago-b link set eth1 up
}

twins_network_down() {
  local name
  for name in "${twins_namespaces[@]}"; do
    if ip netns list | grep -qw "$name"; then ip netns delete "$name"; fi
  done
}

# A loopback port of the machine that leads to a node's console.
twins_forward() { # data address:port
  local runtime
  runtime=$(runtime_directory "$1")
  FUTAGO_INSTANCE=$(instance_id "$1") setsid setpriv --pdeathsig "$([ -n "$detach" ] && echo clear || echo TERM)" -- \
    socat "TCP-LISTEN:${2##*:},bind=${2%:*},reuseaddr,fork" "UNIX-CONNECT:$runtime/console/tls.sock" </dev/null >/dev/null 2>&1 &
}

stop_twins() { # data
  stop_node "$1/a" &
  stop_node "$1/b" &
  wait
  twins_network_down
}

run_twins() {
  [ -z "$console$iscsi$smb" ] || fail "--twins brings its own addresses; leave out --console, --iscsi and --smb."
  if is_running "$data/a" || is_running "$data/b"; then
    fail "the twins are already running; stop them with ./run.sh --stop --data $data."
  fi
  mkdir -p "$data" 2>/dev/null || fail "the data directory $data cannot be created; choose another with --data."
  chmod a+x "$data"
  local node
  for node in a b; do
    prepare_data "$data/$node"
    sweep "$data/$node"
  done
  for node in "${twins_namespaces[@]}"; do
    [ -z "$(ip netns pids "$node" 2>/dev/null)" ] \
      || fail "the network namespace $node is in use, by twins of another data directory or by hand (ip netns pids $node)."
  done
  build
  twins_network_down
  twins_network_up
  printf '{ "version": 1, "twins": {\n  "a": "%s",\n  "b": "%s"\n} }\n' "$data/a" "$data/b" >"$data/instance.json"
  local wanted=127.0.0.1:8443 forward url
  declare -A urls
  for node in a b; do
    forward=$(next_free_port "$wanted") || fail "no free loopback port for the console of node $node."
    wanted=127.0.0.1:$((${forward##*:} + 1))
    url=https://$forward/
    urls[$node]=$url
    start_node ip netns exec "futago-$node" -- "$data/$node" "$node" 0.0.0.0:8443 0.0.0.0:3260 "$url" \
      --tls-socket "$(runtime_directory "$data/$node")/console/tls.sock"
    twins_forward "$data/$node" "$forward"
  done
  remember "$data"
  for node in a b; do
    wait_until_ready "$data/$node"
  done
  cat <<READY

The twins are running.
  Node a    ${urls[a]}   10.77.0.1 (data)  10.78.0.1 (synchronisation)
  Node b    ${urls[b]}   10.77.0.2 (data)  10.78.0.2 (synchronisation)
  Sign in   on each node: $(sign_in_hint "$data/a")
  CLI       ./futago --node a unit list
  Client    ip netns exec futago-client iscsi-ls iscsi://10.77.0.1/
READY
  if [ -n "$detach" ]; then
    echo "  Stop      ./run.sh --stop --data $data"
    exec
    return
  fi
  echo "  Stop      Ctrl-C"
  wait_for_interrupt stop_twins "'$data'"
}

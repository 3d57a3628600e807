#!/usr/bin/env bash
# A Linux guest with open-iscsi in QEMU against a node of this checkout: discovery, CHAP, reservations, multipath over two portals with a
# path that is cut, XFS, fio with verify, growing, UNMAP, a killed engine, logout. Kernel and packages of the guest come from Debian.
#
#   linux-guest.sh            runs everything; ends with "N passed, N failed"
#
#   --tcg                     emulate the processor also where /dev/kvm works
#   --fresh                   build the guest's image anew; it is kept in artifacts/linux-guest
#
# Takes some minutes, 5 GB of disk and 1 GB of memory; several times as long without KVM. The guest's console is in
# artifacts/linux-guest/guest.log, with what every step printed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/packages.sh
. scripts/instance.sh

fail() { echo "linux-guest.sh: $*" >&2; exit 1; }

accelerators=(kvm tcg)
while [ $# -gt 0 ]; do
  case $1 in
    --tcg) accelerators=(tcg) ;;
    --fresh) rm -rf artifacts/linux-guest ;;
    --help | -h) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "linux-guest.sh: unknown option $1; --help lists them" >&2; exit 2 ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || fail "the node and its network need root: run this as root."
[ -c /dev/net/tun ] || fail "/dev/net/tun is missing: load the module tun."

cache=$PWD/artifacts/linux-guest
tests=$PWD/tests/linux-guest
mkdir -p "$cache"
exec 7>"$cache/lock"
flock -n 7 || fail "another guest of this checkout is running."

# Debian's kernel has its own initramfs, which finds the root on the first disk.
build_image() {
  local guest=(linux-image-amd64 udev open-iscsi multipath-tools xfsprogs fio sg3-utils iproute2 kmod procps)
  local wanted sources=()
  wanted=$(sha256sum <<<"${guest[*]} $(cat "$tests/init.sh")" | cut -c1-16)
  [ "$(cat "$cache/image" 2>/dev/null)" != "$wanted" ] || return 0
  echo "Building the guest's image …"
  rm -rf "$cache"/{tree,root.ext4,vmlinuz,initrd,image}
  # The machine's own sources: they may be a mirror.
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
    if grep -qE '^(deb |URIs:)' "$file" 2>/dev/null; then sources+=("$file"); fi
  done
  local include
  include=$(IFS=,; echo "${guest[*]}")
  # A tar goes through mmdebstrap's own file system: its tree would keep the mounts of a run that was ended.
  mmdebstrap --variant=minbase --include="$include" --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --customize-hook="upload $tests/init.sh /sbin/guest-init" --customize-hook='chmod 755 "$1/sbin/guest-init"' \
    bookworm "$cache/root.tar" ${sources[@]+"${sources[@]}"} >"$cache/build.log" 2>&1 \
    || { tail -n 15 "$cache/build.log" >&2; fail "the guest could not be built; the whole output is in $cache/build.log."; }
  mkdir "$cache/tree"
  tar -xf "$cache/root.tar" -C "$cache/tree"
  cp "$cache"/tree/boot/vmlinuz-* "$cache/vmlinuz"
  cp "$cache"/tree/boot/initrd.img-* "$cache/initrd"
  mke2fs -q -t ext4 -L guest -d "$cache/tree" "$cache/root.ext4" 1500M >>"$cache/build.log" 2>&1
  rm -rf "$cache/tree" "$cache/root.tar"
  echo "$wanted" >"$cache/image"
}

# Own network: a portal for each path, and nothing of the machine's.
network_up() {
  ip netns add "$namespace"
  in_network ip link set lo up
  local index
  for index in 0 1; do
    in_network ip tuntap add "path$index" mode tap
    in_network ip addr add "10.79.$index.1/24" dev "path$index"
    in_network ip link set "path$index" up
  done
  in_network nft add table inet guest
  in_network nft add chain inet guest input '{ type filter hook input priority 0; }'
}

in_network() { ip netns exec "$namespace" "$@"; }

futago() { ./futago --data "$data" "$@"; }

start_node() {
  in_network ./run.sh --data "$data" --iscsi 10.79.0.1:3260 --detach
  curl -fsS --unix-socket "$(json_string "$data/instance.json" consoleSocket)" -X PATCH -H 'Content-Type: application/json' \
    -d '{"portals":[{"address":"10.79.0.1","port":3260},{"address":"10.79.1.1","port":3260}]}' http://console/api/v1/settings >/dev/null
  futago unit create-image "$data/unit0.img" --size 3GiB
  futago group create vg00 --unit "$data/unit0.img"
  futago volume create "$volume" --type iscsi --size 640MiB --thin
  futago volume create vg00/small --type iscsi --size 256MiB --thin
  local target
  for target in oneway mutual; do
    futago target create "$prefix:$target"
    futago access allow "$prefix:$target" --address 10.79.0.0/16
    futago target set "$prefix:$target" --chap-user guest --chap-secret-file "$work/secret"
  done
  futago target set "$prefix:mutual" --mutual-user appliance --mutual-secret-file "$work/mutual-secret"
  futago lun add "$prefix:oneway" --volume vg00/small --lun 1
  futago lun add "$prefix:mutual" --volume "$volume" --lun 0
  futago target start "$prefix:oneway"
  futago target start "$prefix:mutual"
}

start_guest() { # accelerator
  rm -f "$work/port"
  ip netns exec "$namespace" setpriv --pdeathsig KILL -- qemu-system-x86_64 -accel "$1" -cpu max -smp 2 -m 1024 -nodefaults -no-user-config -display none -no-reboot \
    -kernel "$cache/vmlinuz" -initrd "$cache/initrd" \
    -append "console=ttyS0 loglevel=6 panic=-1 root=/dev/vda ro init=/sbin/guest-init" \
    -drive "file=$cache/root.ext4,if=virtio,format=raw,snapshot=on" \
    -drive "file=$work/steps.ext2,if=virtio,format=raw,readonly=on" \
    -netdev tap,id=n0,ifname=path0,script=no,downscript=no -device virtio-net-pci,netdev=n0,mac=52:54:00:79:00:00,romfile= \
    -netdev tap,id=n1,ifname=path1,script=no,downscript=no -device virtio-net-pci,netdev=n1,mac=52:54:00:79:00:01,romfile= \
    -object rng-random,id=r0,filename=/dev/urandom -device virtio-rng-pci,rng=r0 \
    -chardev "socket,id=port,path=$work/port,server=on,wait=off" -device virtio-serial-pci -device virtserialport,chardev=port,name=futago \
    -serial "file:$cache/guest.log" >"$work/qemu.log" 2>&1 7>&- &
  qemu=$!
  local tenths=100
  until [ -S "$work/port" ] || [ $tenths -eq 0 ] || ! kill -0 $qemu 2>/dev/null; do sleep 0.1; tenths=$((tenths - 1)); done
  [ -S "$work/port" ]
}

# /dev/kvm may be there and not be able to run this kernel (nested virtualisation): then the kernel does not say a word.
kernel_speaks() {
  local tenths=300
  until grep -aq 'Linux version' "$cache/guest.log" 2>/dev/null; do
    kill -0 $qemu 2>/dev/null && [ $tenths -gt 0 ] || return 1
    sleep 0.1
    tenths=$((tenths - 1))
  done
}

stop_guest() {
  [ -n "$qemu" ] || return 0
  kill "$qemu" 2>/dev/null || true
  wait "$qemu" 2>/dev/null || true
  qemu=
}

used() { futago --json volume show "$volume" | jq -r .allocatedBytes; }

# What the guest asks for; one line goes back. An answer that begins with "no" is a refusal.
answer() { # word …
  case $1 in
    secrets) echo "$(cat "$work/secret") $(cat "$work/mutual-secret")" ;;
    sessions) futago --json session list | jq -s --arg name "$2" 'flatten | map(select(.initiatorName == $name)) | length' ;;
    cut) in_network nft add rule inet guest input iifname "path$2" drop && echo done ;;
    mend) in_network nft flush chain inet guest input && echo done ;;
    grow) futago volume expand "$volume" --size +1GiB >/dev/null && echo done ;;
    used) used ;;
    shrunk)
      local tenths=300 now
      now=$(used)
      until [ "$now" -le "$2" ] || [ $tenths -eq 0 ]; do sleep 0.1; tenths=$((tenths - 1)); now=$(used); done
      if [ "$now" -le "$2" ]; then echo "$now"; else echo "no, $now bytes are still used"; fi ;;
    crash)
      local guard
      guard=$(cat "$(runtime_directory "$data")/guard.pid")
      kill -KILL $(pgrep -P "$guard" -f futago-engine) && echo done ;;
    *) echo "no such thing" ;;
  esac
}

# Reads what the guest reports until it says "end", and answers what it asks.
converse() {
  local verb rest reply
  coproc PORT { exec socat - "UNIX-CONNECT:$work/port"; }
  while read -r -t 1200 verb rest <&"${PORT[0]}"; do
    case $verb in
      ok) echo "ok $rest"; passed=$((passed + 1)) ;;
      failed) echo "failed $rest"; failed=$((failed + 1)) ;;
      ask)
        reply=$(answer $rest 2>"$work/answer.log" | head -n 1) || true
        [ -n "$reply" ] || reply="no: $(tr '\n' ' ' <"$work/answer.log")"
        printf '%s\n' "$reply" >&"${PORT[1]}" ;;
      end) ended=1; break ;;
    esac
  done
}

stop_all() {
  trap - EXIT INT TERM
  # Not behind "||" where it is started: there the shell would go on after a command that failed.
  if [ -n "$starting" ]; then cat "$work/node.log" >&2; fi
  stop_guest
  if [ -d "$data" ]; then ./run.sh --stop --data "$data" >/dev/null 2>&1 || true; fi
  if [ -s "$data/log/engine.log" ]; then cp "$data/log/engine.log" "$data/log/console.log" "$cache/" || true; fi
  ip netns delete "$namespace" 2>/dev/null || true
  rm -rf "$work" "$data"
}

install_packages "${packages_run[@]}" "${packages_guest[@]}"
./run.sh --build
build_image

work=$(mktemp -d)
chmod 700 "$work"
data=$(mktemp -d "$cache/data.XXXXXX")
namespace=futago-guest-$$
prefix=iqn.2026-01.example.futago
volume=vg00/lv0000
qemu= passed=0 failed=0 ended= starting=
trap stop_all EXIT
trap 'exit 130' INT TERM
(umask 077; openssl rand -hex 8 >"$work/secret"; openssl rand -hex 8 >"$work/mutual-secret")

network_up
echo "Starting the node …"
starting=1
start_node >"$work/node.log" 2>&1 7>&-
starting=
mke2fs -q -t ext2 -d "$tests" "$work/steps.ext2" 1M >/dev/null 2>&1

for accelerator in "${accelerators[@]}"; do
  [ "$accelerator" != kvm ] || [ -w /dev/kvm ] || continue
  echo "Starting the guest ($accelerator) …"
  : >"$cache/guest.log"
  if start_guest "$accelerator" && kernel_speaks; then break; fi
  stop_guest
  cat "$work/qemu.log" >&2
done
[ -n "$qemu" ] || fail "no guest could be started; QEMU's words are above."

converse
if [ -z "$ended" ]; then
  echo "failed: the guest ended early, or said nothing for twenty minutes; see artifacts/linux-guest/guest.log"
  failed=$((failed + 1))
fi
stop_all
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

#!/bin/bash
# What the guest does, one step after the other. Each tells the host "ok STEP" or "failed STEP: REASON" over a virtio port, and asks it for
# what only the host can do. Started by init.sh; the host's side is scripts/linux-guest.sh.
cd /run || exit 1
mkdir -p /run/lock
. /mnt/steps-scsi.sh
. /mnt/steps-volume.sh

portals=(10.79.0.1:3260 10.79.1.1:3260)
oneway=iqn.2026-01.example.futago:oneway
mutual=iqn.2026-01.example.futago:mutual
guest=iqn.2026-01.example.guest:first
second=iqn.2026-01.example.guest:second
patience=180 # seconds that a wait may take; an emulated processor is slow

exec 3<>/dev/virtio-ports/futago

# Prints the host's answer; "no …" is a refusal.
ask() { # word …
  local answer
  echo "ask $*" >&3
  read -r answer <&3
  case $answer in
    no*) echo "the host, asked for $*: $answer" >&2; return 1 ;;
  esac
  echo "$answer"
}

wait_for() { # command …
  local deadline=$((SECONDS + patience))
  until "$@" >/run/waiting 2>&1; do
    if [ $SECONDS -ge $deadline ]; then
      cat /run/waiting
      echo "in vain for $patience s: $*"
      return 1
    fi
    sleep 0.2
  done
}

# Succeeds when the command fails, and its output has the pattern.
refused() { # pattern command …
  local pattern=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "not refused: $*: $output"
    return 1
  fi
  grep -qiE "$pattern" <<<"$output" || { echo "refused, but not with \"$pattern\": $*: $output"; return 1; }
}

same() { # what wanted found
  [ "$2" = "$3" ] || { echo "$1: $3 instead of $2"; return 1; }
}

# The kernel's words since the last step are this step's. Warnings that it does not expect are a failure of their own.
step() { # name "expected kernel warnings" function
  local name=$1 expected=$2 status warnings
  echo "== $name"
  echo "<6>step $name" >/dev/kmsg
  (
    set -eE
    trap 'echo "line $LINENO: $BASH_COMMAND"' ERR
    "$3"
  ) >/run/step.log 2>&1
  status=$?
  sed 's/^/   /' /run/step.log
  warnings=$(dmesg --raw | awk -v name="$name" '$0 ~ "step " name "$" { on = 1; next } on' | grep -E '^<[0-4]>' | sed 's/^<.>//' \
    | grep -vE "^\[ *[0-9.]+\] ($always${expected:+|$expected})") || true
  if [ $status -ne 0 ]; then
    echo "failed $name: $(tail -n 3 /run/step.log | tr '\n' ' ')" >&3
  elif [ -n "$warnings" ]; then
    echo "$warnings"
    echo "failed $name: the kernel says $(head -n 3 <<<"$warnings" | tr '\n' ' ')" >&3
  else
    echo "ok $name" >&3
  fi
  return $status
}

# Without this step there is nothing to do for the others.
vital() { # the arguments of step
  # Not "step … ||": that would let the step go on after a command that failed.
  step "$@"
  [ $? -ne 0 ] || return 0
  echo end >&3
  exit
}

network() {
  local index
  for index in 0 1; do
    ip addr add "10.79.$index.2/24" dev "$(nic "52:54:00:79:00:0$index")"
    ip link set "$(nic "52:54:00:79:00:0$index")" up
  done
  ip link set lo up
  modprobe iscsi_tcp
  modprobe dm_multipath
  echo "InitiatorName=$guest" >/etc/iscsi/initiatorname.iscsi
  : >/etc/iscsi/iscsid.conf
  iscsid
  uname -r
}

nic() { # address
  ip -o link | awk -v address="$1" -F': ' '$0 ~ address { print $2 }'
}

# Secrets are in files of the guest and come over the port: nobody sees them in a command line.
settings() { # chap secret [mutual secret]
  cat >/etc/iscsi/iscsid.conf <<CONF
node.startup = manual
node.session.scan = auto
node.session.timeo.replacement_timeout = 5
node.session.err_timeo.abort_timeout = 15
node.session.err_timeo.lu_reset_timeout = 30
node.session.err_timeo.tgt_reset_timeout = 30
node.session.initial_login_retry_max = 4
node.session.cmds_max = 128
node.session.queue_depth = 32
node.session.iscsi.FastAbort = Yes
node.session.iscsi.InitialR2T = No
node.session.iscsi.ImmediateData = Yes
node.session.iscsi.FirstBurstLength = 262144
node.session.iscsi.MaxBurstLength = 16776192
node.conn[0].iscsi.MaxRecvDataSegmentLength = 262144
node.conn[0].iscsi.HeaderDigest = CRC32C
node.conn[0].timeo.login_timeout = 30
node.conn[0].timeo.noop_out_interval = 5
node.conn[0].timeo.noop_out_timeout = 5
discovery.sendtargets.iscsi.MaxRecvDataSegmentLength = 32768
node.session.auth.authmethod = CHAP
node.session.auth.username = guest
node.session.auth.password = $1
CONF
  [ -z "${2:-}" ] || printf 'node.session.auth.%s\n' 'username_in = appliance' "password_in = $2" >>/etc/iscsi/iscsid.conf
}

# Records keep the settings that they were found with.
discover() {
  rm -rf /etc/iscsi/nodes /etc/iscsi/send_targets
  iscsiadm -m discovery -t sendtargets -p "${portals[0]}" -I default
}

discovery() {
  settings none-yet-none
  discover >found
  cat found
  local target portal
  for target in "$oneway" "$mutual"; do
    for portal in "${portals[@]}"; do
      grep -qF "$portal,1 $target" found || { echo "$target at $portal is not listed"; return 1; }
    done
  done
}

sessions() { # target initiator: numbers of its sessions
  local session
  for session in /sys/class/iscsi_session/session*; do
    [ -e "$session" ] || continue
    [ "$(cat "$session/targetname")" = "$1" ] && [ "$(cat "$session/initiatorname")" = "$2" ] && echo "${session##*/session}"
  done
  return 0
}

disks() { # target initiator LUN: one device for each session
  local session disk
  for session in $(sessions "$1" "$2"); do
    for disk in /sys/class/iscsi_session/"session$session"/device/target*/*:"$3"/block/*; do
      [ ! -e "$disk" ] || echo "/dev/${disk##*/}"
    done
  done
}

has_disks() { # count target initiator LUN
  [ "$(disks "${@:2}" | wc -l)" = "$1" ]
}

chap_one_way() {
  local secrets
  read -ra secrets <<<"$(ask secrets)"
  settings "wrong-${secrets[0]::8}"
  discover >/dev/null
  refused 'authorization|auth' iscsiadm -m node -T "$oneway" -p "${portals[0]}" --login
  settings "${secrets[0]}"
  discover >/dev/null
  iscsiadm -m node -T "$oneway" -p "${portals[0]}" --login
  wait_for has_disks 1 "$oneway" "$guest" 1
  local disk
  disk=$(disks "$oneway" "$guest" 1)
  head -c 4M /dev/urandom >data
  dd if=data of="$disk" bs=1M oflag=direct status=none
  dd if="$disk" of=back bs=1M count=4 iflag=direct status=none
  cmp data back
}

chap_mutual() {
  local secrets
  read -ra secrets <<<"$(ask secrets)"
  settings "${secrets[0]}" "wrong-${secrets[1]::8}"
  discover >/dev/null
  refused 'authorization|auth|fail' iscsiadm -m node -T "$mutual" -p "${portals[0]}" --login
  settings "${secrets[0]}" "${secrets[1]}"
  discover >/dev/null
  iscsiadm -m node -T "$mutual" --login
  wait_for has_disks 2 "$mutual" "$guest" 0
  iscsiadm -m session -P 1
}

host_sees_sessions() {
  local seen
  seen=$(ask sessions "$guest")
  same "sessions that the host lists" 2 "$seen"
}

gone() { [ -z "$(sessions "$oneway" "$guest")$(sessions "$oneway" "$second")$(sessions "$mutual" "$guest")" ]; }

logout_one_way() {
  iscsiadm -m node -T "$oneway" --logout
  gone
}

logout_all() {
  umount /lun
  multipath -F
  multipathd shutdown || true
  iscsiadm -m node -T "$mutual" --logout
  gone
  local seen
  seen=$(ask sessions "$guest")
  same "sessions that the host still lists" 0 "$seen"
}

mkdir -p /lun
# What a refused login, a conflict and a cut path make the kernel say is expected where they happen.
# A disk says so at its first command after a login; the second is the module's own, the third what an emulated processor says.
always='sd [0-9:]+: Power-on or device reset occurred|device-mapper: core: CONFIG_IMA|hrtimer: interrupt took'
disk_words='sd [0-9:]+: (\[sd[a-z]+\] )?'
vital network "" network
vital discovery "" discovery
step chap-one-way "" chap_one_way
step inquiry "" inquiry
step reservations "${disk_words}reservation conflict|.*reservation conflict error|.*critical nexus error|Buffer I/O error|sd [0-9:]+: Parameters changed" reservations
step logical-unit-reset "" logical_unit_reset
step logout-one-way "" logout_one_way
vital chap-mutual "" chap_mutual
step session-list "" host_sees_sessions
vital multipath "" multipath_over_two_portals
vital xfs "" xfs
step fio-verify "" fio_verify
# A path that is gone: the session notices, its disk refuses, multipath takes the other.
path_words=" connection[0-9]+:0: (ping timeout|detected conn error)| session[0-9]+: session recovery timed out|I/O error, dev sd|device-mapper: multipath: [0-9:]+: (Failing|Reinstating) path|${disk_words}(rejecting I/O to offline device|.*FAILED Result: hostbyte=DID_TRANSPORT|CDB:)"
step path-cut "$path_words" path_cut
step grow "${disk_words}Capacity data has changed" grow
step unmap "" unmap
step engine-crash "$path_words" engine_crash
step logout "" logout_all
echo end >&3

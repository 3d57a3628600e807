# Steps that use a volume as people do: multipath, XFS, fio, growing, unmapping, and accidents. Sourced by steps.sh.

map() { echo "/dev/mapper/$(cat /run/wwid)"; }

paths_active() { # count
  multipathd show paths raw format '%d/%t/%o/%T' | tee paths
  [ "$(grep -c '/active/running/ready' paths)" = "$1" ]
}

multipath_over_two_portals() {
  local disk found=()
  # The name that udev's rules give a disk is the one that multipathd uses.
  udevadm settle
  for disk in $(disks "$mutual" "$guest" 0); do
    found+=("$(udevadm info --query=property --property=ID_SERIAL --value "$disk")")
  done
  same "identifier at the second portal" "${found[0]}" "${found[1]}"
  echo "${found[0]}" >wwid
  # The guest's own disks and the other target's LUN are nobody's paths.
  cat >/etc/multipath.conf <<CONF
defaults {
  user_friendly_names no
  find_multipaths no
  no_path_retry 60
}
blacklist {
  wwid ".*"
}
blacklist_exceptions {
  wwid "$(cat wwid)"
}
CONF
  udevadm settle
  multipathd
  wait_for paths_active 2 || { multipath -v3 -d; return 1; }
  multipath -ll
  wait_for test -b "$(map)"
  cat "/sys/block/$(basename "$(readlink -f "$(map)")")"/queue/{discard_max_bytes,max_sectors_kb,physical_block_size,optimal_io_size,write_cache}
}

xfs() {
  mkfs.xfs -q "$(map)"
  mount "$(map)" /lun
  df -h /lun
}

verified() { # name size
  fio --name="$1" --directory=/lun --size="$2" --rw=randwrite --bsrange=4k-256k --ioengine=libaio --iodepth=16 --direct=1 \
    --verify=crc32c --verify_fatal=1 --do_verify=1 --randseed=$RANDOM
}

fio_verify() {
  verified base 48m
  verified base 48m
}

# Passes of fio, counted, until somebody ends them: what happens meanwhile happens while it writes and verifies.
fio_begin() {
  rm -f passes stop
  (
    passes=0
    while [ ! -e stop ]; do
      verified busy 12m >fio.log 2>&1 || { cat fio.log; exit 1; }
      passes=$((passes + 1))
      echo $passes >passes
    done
  ) &
  fio=$!
}

passes() { cat passes 2>/dev/null || echo 0; }

fio_alive_or_passed() { # passes
  kill -0 $fio 2>/dev/null || return 0
  [ "$(passes)" -ge "$1" ]
}

# Two passes, one of which has begun after this.
fio_goes_on() {
  wait_for fio_alive_or_passed $(($(passes) + 2))
  kill -0 $fio
}

fio_end() {
  touch stop
  wait $fio
}

path_cut() {
  fio_begin
  fio_goes_on
  ask cut 1
  wait_for paths_active 1
  multipath -ll
  fio_goes_on
  ask mend 1
  wait_for paths_active 2
  fio_goes_on
  ask cut 0
  wait_for paths_active 1
  fio_goes_on
  ask mend 0
  wait_for paths_active 2
  fio_goes_on
  fio_end
  multipath -ll
}

grow() {
  local before after
  before=$(df --output=size -B1M /lun | tail -n 1)
  ask grow
  # The kernel learns of it with the next command, from the unit attention.
  sync -f /lun
  dd if="$(map)" of=/dev/null bs=4096 count=64 iflag=direct status=none
  wait_for capacity_noticed
  iscsiadm -m session --rescan
  udevadm settle
  multipathd resize map "$(cat wwid)"
  xfs_growfs /lun
  after=$(df --output=size -B1M /lun | tail -n 1)
  echo "$before MiB before, $after MiB after"
  [ $((after - before)) -ge 1000 ]
  verified grown 32m
}

capacity_noticed() {
  dd if="$(map)" of=/dev/null bs=4096 count=64 iflag=direct status=none
  dmesg | grep -E 'Capacity data has changed|capacity change|detected capacity'
}

unmap() {
  local full after
  dd if=/dev/urandom of=/lun/large bs=1M count=120 oflag=direct status=none
  sync -f /lun
  full=$(ask used)
  rm /lun/large
  sync -f /lun
  fstrim -v /lun
  after=$(ask shrunk $((full - (90 << 20))))
  echo "$full bytes before, $after bytes after"
}

# The guard starts the engine again; both paths are lost meanwhile.
engine_crash() {
  fio_begin
  fio_goes_on
  ask crash
  wait_for paths_active 2
  fio_goes_on
  fio_end
}

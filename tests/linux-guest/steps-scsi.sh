# Steps that speak SCSI to one LUN. Sourced by steps.sh.

# Everything that a kernel or a tool asks a disk about itself is answered, or refused as the standard says.
inquiry() {
  local disk page
  disk=$(disks "$oneway" "$guest" 1)
  sg_inq "$disk"
  sg_vpd --page=sv "$disk"
  for page in 0x00 0x80 0x83 0x86 0xb0 0xb1 0xb2; do
    sg_vpd --page=$page "$disk" >page || { echo "VPD page $page"; return 1; }
  done
  sg_readcap --16 "$disk"
  sg_modes --all "$disk"
  sg_logs --all "$disk"
  sg_opcodes --mask "$disk"
  sg_rtpg --decode "$disk"
  sg_luns "$disk"
  sg_turs --num=100 "$disk"
  sg_verify --lba=0 --count=128 "$disk"
  sg_sync "$disk"
  sg_get_lba_status --lba=0 "$disk"
  sg_write_same --unmap --lba=8192 --num=1024 --in=/dev/zero --xferlen=512 "$disk"
  sg_unmap --force --lba=16384 --num=1024 "$disk"
  sg_xcopy if="$disk" of="$disk" iflag=xcopy count=64 skip=0 seek=40000 bs=512
  cmp <(dd if="$disk" bs=512 count=64 iflag=direct status=none) <(dd if="$disk" bs=512 skip=40000 count=64 iflag=direct status=none)
  blkdiscard --offset 16M --length 16M "$disk"
  blkdiscard --zeroout --offset 32M --length 16M "$disk"
  cmp -n 16777216 /dev/zero <(dd if="$disk" bs=1M skip=32 count=16 iflag=direct status=none)
  iscsiadm -m session -P 3 | grep -E 'Digest|Length|R2T|Burst|Attached'
}

second_initiator() {
  iscsiadm -m iface -I second -o new
  iscsiadm -m iface -I second -o update -n iface.initiatorname -v "$second"
  local record=("-m" node -T "$oneway" -p "${portals[1]}" -I second)
  iscsiadm -m discovery -t sendtargets -p "${portals[1]}" -o new -I second
  iscsiadm "${record[@]}" --login
  wait_for has_disks 1 "$oneway" "$second" 1
}

write_to() { # disk
  dd if=/dev/zero of="$1" bs=4096 count=1 oflag=direct status=none
}

conflict='reservation conflict|Invalid exchange'

reservations() {
  second_initiator
  local a b
  a=$(disks "$oneway" "$guest" 1)
  b=$(disks "$oneway" "$second" 1)
  sg_persist --out --register --param-sark=0xa1 "$a"
  sg_persist --out --register --param-sark=0xb2 "$b"
  sg_persist --out --reserve --param-rk=0xa1 --prout-type=1 "$a"
  sg_persist --in --read-keys "$a" | tee keys
  grep -q 0xa1 keys && grep -q 0xb2 keys
  sg_persist --in --read-reservation "$b" | tee held
  grep -q 'Key=0xa1' held && grep -q 'Write Exclusive' held
  sg_persist --in --read-full-status "$b" | tee status
  grep -q "$guest" status && grep -q "$second" status
  sg_persist --in --report-capabilities "$b"
  # Write exclusive: everybody reads, the holder writes.
  write_to "$a"
  dd if="$b" of=/dev/null bs=4096 count=1 iflag=direct status=none
  refused "$conflict" write_to "$b"
  refused "$conflict" sg_persist --out --reserve --param-rk=0xb2 --prout-type=1 "$b"
  # The second takes it from the first, which has no key any more.
  sg_persist --out --preempt --param-rk=0xb2 --param-sark=0xa1 --prout-type=1 "$b"
  sg_persist --in --read-reservation "$b" | tee held
  grep -q 'Key=0xb2' held
  sg_persist --in --read-keys "$b" | tee keys
  ! grep -q 0xa1 keys || return 1
  write_to "$b"
  refused "$conflict" write_to "$a"
  refused "$conflict" sg_persist --out --release --param-rk=0xa1 --prout-type=1 "$a"
  sg_persist --out --release --param-rk=0xb2 --prout-type=1 "$b"
  write_to "$a"
  sg_persist --out --clear --param-rk=0xb2 "$b"
  sg_persist --in --read-keys "$b" | tee keys
  grep -q 'NO registered' keys || grep -q '0 registered\|no registered' keys
  # The first learns that its neighbour went, and goes on.
  write_to "$a"
}

logical_unit_reset() {
  local disk
  disk=$(disks "$oneway" "$guest" 1)
  fio --name=reset --filename="$disk" --rw=randwrite --bs=4k --size=4m --direct=1 --ioengine=libaio --iodepth=16 --verify=crc32c &
  sg_reset --device "$disk"
  sg_reset --target "$disk"
  wait $!
}

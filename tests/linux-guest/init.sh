#!/bin/bash
# First process of the guest; scripts/linux-guest.sh builds it into the image. What is tested is on the second disk, so that the
# image stays good when a step changes.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8
mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mount -o remount,rw /
ln -sf /proc/self/fd /dev/fd
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add --type=subsystems
udevadm trigger --action=add --type=devices
udevadm settle --timeout=120
mount -o ro /dev/vdb /mnt && bash /mnt/steps.sh
sync
echo b >/proc/sysrq-trigger

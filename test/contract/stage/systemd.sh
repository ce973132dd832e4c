#!/bin/sh
# Becomes systemd in the namespaces that systemd.ts opens (pid, mount, uts, ipc and cgroup; the network is the
# caller's). Its root is the machine's own below a throw-away overlay, without anything that starts by itself.
#   systemd.sh SCRATCH FIXTURES CHECKOUT
set -eu
scratch=$1 fixtures=$2 checkout=$3
# shellcheck disable=SC1091 # checked by itself
. "$fixtures/../stage/furnish.sh"

mount --make-rprivate /
mount -t tmpfs -o mode=0755 contract "$scratch/private"
mkdir "$scratch/private/upper" "$scratch/private/work" "$scratch/private/root"
root=$scratch/private/root
mount -t overlay -o "lowerdir=/,upperdir=$scratch/private/upper,workdir=$scratch/private/work" contract "$root"

units=$root/etc/systemd/system
mkdir -p "$units"
rm -f "$units"/*.target.wants/*
cat >"$units/contract.target" <<'UNIT'
[Unit]
Description=As much of a system as the contract suite needs
Requires=basic.target dbus.socket
After=basic.target dbus.socket
AllowIsolate=yes
UNIT
for unit in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
  systemd-modules-load.service systemd-sysctl.service systemd-remount-fs.service getty.target tmp.mount \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  sys-fs-fuse-connections.mount sys-kernel-config.mount run-rpc_pipefs.mount proc-sys-fs-binfmt_misc.automount; do
  ln -sf /dev/null "$units/$unit"
done
: >"$root/etc/fstab"

mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/tmp"
chmod 1777 "$root/tmp"
mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 0666 "$root/dev/${device%:*}" c 1 "${device#*:}"
done
mkdir "$root/dev/pts" "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
: >"$root/dev/console"
furnish "$root" "$fixtures"

# The daemon under test and its key, wherever they lie.
for dir in "$checkout" "$scratch"; do
  mkdir -p "$root/$dir"
  mount --rbind "$dir" "$root/$dir"
done

hostname contract
cd "$root"
mkdir .old
pivot_root . .old
umount -l /.old
exec env -i container=contract PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=contract.target --show-status=0 --log-target=null

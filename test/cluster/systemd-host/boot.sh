#!/bin/bash
# Turns a host of the test bed into a remote node with systemd: boots systemd in namespaces of its own inside the
# host's, with the daemon under test as pacemaker_remote.service, a unit that starts slowly and an LSB script for the
# cluster to manage. The network is the host's. Ends with the test bed.
#
#   boot.sh DAEMON [ARGUMENT…]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")

# /etc is the host's throw-away copy: nothing that the machine enables starts by itself.
units=/etc/systemd/system
rm -rf "$units"/*.wants "$units"/*.requires
mkdir -p "$units"
cp "$here"/*.service "$here"/*.target "$units"
install -m 0755 "$here/bundlet-lsb" /etc/init.d/bundlet-lsb
mkdir -p "$units/pacemaker_remote.service.d"
printf '[Service]\nExecStart=%s\n' "$*" >"$units/pacemaker_remote.service.d/daemon.conf"
# What belongs to hardware and to the machine has no place here.
for unit in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
    systemd-modules-load.service systemd-sysctl.service systemd-remount-fs.service tmp.mount getty.target \
    dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
    sys-fs-fuse-connections.mount run-rpc_pipefs.mount proc-sys-fs-binfmt_misc.automount; do
    ln -sf /dev/null "$units/$unit"
done
: >/etc/fstab

# shellcheck disable=SC2016 # the inner shell expands it
exec unshare --pid --mount --ipc --cgroup --fork --kill-child bash -c '
    set -e
    mount --make-rprivate /
    umount -R /sys/fs/cgroup
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mount -t proc proc /proc
    mount -t tmpfs -o mode=755 tmpfs /run
    exec env -i container=bundlet-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --unit=bundlet-test.target --show-status=0 --log-target=null
'

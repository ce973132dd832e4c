#!/bin/sh
# Becomes a systemd in namespaces of its own: systemd-namespace.sh RUN CGROUP CHECKOUT. Its root is this machine's, seen
# through an overlay that is thrown away; RUN is its /run, so that bus and units can be reached from outside. CHECKOUT is seen wherever it lies.
set -eu
run=$1 cgroup=$2 checkout=$3

# The cgroup namespace begins where the process is when it is made.
mkdir "$cgroup"
echo $$ >"$cgroup/cgroup.procs"

# This test's process dies → setpriv's death signal takes unshare → its --kill-child takes systemd and all below it.
# shellcheck disable=SC2016 # the shell inside expands them
exec setpriv --pdeathsig KILL -- unshare --pid --fork --kill-child --mount --uts --ipc --cgroup -- sh -euc '
    run=$1 checkout=$2
    # Below its own /run, where nothing else can be: the overlay must not lie in what it shows.
    base=$run/.root
    mkdir "$base"
    mount -t tmpfs -o mode=755 tmpfs "$base"
    mkdir "$base/upper" "$base/work" "$base/root"
    mount -t overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" overlay "$base/root"
    cd "$base/root"

    # Nothing that the machine enables starts; what needs its hardware is masked.
    rm -rf etc/systemd/system/*.wants etc/systemd/system/*.requires
    : >etc/fstab
    for unit in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
        systemd-modules-load.service systemd-sysctl.service systemd-remount-fs.service tmp.mount \
        dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
        sys-fs-fuse-connections.mount sys-kernel-config.mount run-rpc_pipefs.mount \
        proc-sys-fs-binfmt_misc.automount getty.target; do
        ln -sf /dev/null "etc/systemd/system/$unit"
    done
    printf "[Unit]\nRequires=basic.target dbus.socket\nAfter=basic.target dbus.socket\n" \
        >etc/systemd/system/bundlet-test.target

    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount --bind "$run" run
    mount -t tmpfs tmpfs tmp
    mkdir -p ".$checkout"
    mount --bind "$checkout" ".$checkout"
    mount -t tmpfs -o mode=755 tmpfs dev
    for device in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "dev/${device%:*}" c 1 "${device#*:}"
    done
    mkdir dev/shm dev/pts
    mount -t tmpfs tmpfs dev/shm
    mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    mount -t cgroup2 cgroup2 sys/fs/cgroup

    hostname bundlet-test
    mkdir .old
    pivot_root . .old
    umount -l .old
    exec env -i container=bundlet-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --unit=bundlet-test.target --show-status=0
' sh "$run" "$checkout"

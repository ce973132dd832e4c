#!/bin/sh
# Becomes PID 1 of the namespaces that tool-stage.ts opens and furnishes them:
#   stage.sh [ROOT...]
# Each ROOT is the tree of another system whose programs are run with chroot: it sees the same devices, processes,
# shared memory and accounts. Ends, and with it everything in the namespaces, when its standard input does.
set -eu
ip link set lo up
for dir in /dev/shm /run; do
  mount -t tmpfs -o mode=1777 tools "$dir"
done
mkdir -p /run/pacemaker
for root in "$@"; do
  mount --rbind /dev "$root/dev"
  mount --bind /run "$root/run"
  mount -t proc proc "$root/proc"
  for file in passwd group; do
    : >"$root/etc/$file"
    mount --bind "/etc/$file" "$root/etc/$file"
  done
done
head -c 4096 /dev/urandom >/run/tools-authkey
chmod 0600 /run/tools-authkey
echo ready
exec 3<&0
cat <&3 >/dev/null

#!/bin/sh
# Furnishes the namespaces that it was started in, then becomes the command: world.sh names|files COMMAND…
set -e
sockets=$1
shift
mount -t tmpfs -o "size=$SHM_SIZE,mode=1777" tmpfs /dev/shm
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/etc
cp -a /etc/. /run/etc
grep -v '^hacluster:' /etc/passwd > /run/etc/passwd
grep -v '^haclient:' /etc/group > /run/etc/group
echo 'hacluster:x:3001:3002::/:/bin/false' >> /run/etc/passwd
echo 'haclient:x:3002:' >> /run/etc/group
if [ "$sockets" = files ]; then
    mkdir -p /run/etc/libqb
    : > /run/etc/libqb/force-filesystem-sockets
fi
mount --bind /run/etc /etc
chmod 0755 "$CLIENTS"
exec "$@"

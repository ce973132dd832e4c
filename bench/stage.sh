#!/bin/sh
# Becomes PID 1 of the namespaces that bench/namespace.ts opens with unshare(1), and furnishes them:
#   stage.sh as-deployed|quickack DIRECTORY-WITH-AGENTS OUTPUT-FILE [COMMAND [ARGUMENT...]]
# With a command, that command becomes PID 1 (PID-1 mode); without one, this shell stays and reaps.
# It ends when its standard input does, so nothing outlives the bench.
set -eu
setting=$1 agents=$2 output=$3
shift 3

ip link set lo up
if [ "$setting" = quickack ]; then
  # Both routes: the narrower one is what 127.0.0.1 takes.
  for net in 127.0.0.0/8 127.0.0.1; do
    ip route change table local local "$net" dev lo proto kernel scope host src 127.0.0.1 quickack 1
  done
fi

for dir in /run /dev/shm /var/lib/pacemaker /var/log/pacemaker /etc/pacemaker /usr/lib/ocf/resource.d; do
  if [ -d "$dir" ]; then
    mount -t tmpfs -o mode=0755 bench "$dir"
  fi
done
chmod 1777 /dev/shm
mkdir -p /run/resource-agents
if [ -d /var/lib/pacemaker ]; then
  install -d -m 0750 /var/lib/pacemaker/cores
  chown hacluster:haclient /var/lib/pacemaker /var/lib/pacemaker/cores 2>/dev/null || true
fi
mkdir /usr/lib/ocf/resource.d/bench
cp "$agents"/* /usr/lib/ocf/resource.d/bench/
head -c 4096 /dev/urandom > /run/bench-authkey
chmod 0600 /run/bench-authkey

echo ready
if [ $# -gt 0 ]; then
  export PCMK_authkey_location=/run/bench-authkey
  exec "$@" < /dev/null > "$output" 2>&1
fi
exec 3<&0
cat <&3 > /dev/null &
wait
# What is left ends before this shell does: only what was waited for counts as the bench's own CPU time.
trap '' TERM
kill -TERM -1 2>/dev/null || true
for _ in 1 2 3 4 5; do
  sleep 0.02 # reaps meanwhile
done

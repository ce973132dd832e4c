#!/bin/sh
# What somebody in the container waits for, with a daemon of its own:
#   commands.sh TOOL-ROUNDS COUNT KEY OUTPUT DAEMON BUNDLET COMMAND
# Starts the daemon, calls `BUNDLET COMMAND` COUNT times, prints one line of JSON.
set -eu
rounds=$1 count=$2 key=$3 output=$4 daemon=$5 bundlet=$6 command=$7

PCMK_authkey_location=$key PCMK_remote_address=127.0.0.1 "$daemon" </dev/null >>"$output" 2>&1 &
daemon_pid=$!
trap 'kill $daemon_pid 2>/dev/null || true' EXIT
tries=0
until "$bundlet" livez >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { echo 'the daemon does not answer' >&2; exit 1; }
  sleep 0.1
done
"$rounds" spawn 3 "$bundlet" "$command" >/dev/null # the first ones read files and compile
"$rounds" spawn "$count" "$bundlet" "$command"

#!/bin/sh
# The C daemon of a suite that was fetched, on this system: with its own libraries, our files and our agents.
#   npm run test:contract -- --daemon 'test/pacemaker3/remoted.sh sid'
set -eu
root=$(dirname "$0")/../../build/pacemaker3/$1/root
shift
libraries=$root/usr/lib/$(uname -m)-linux-gnu
loader=$(echo "$root"/usr/lib64/ld-linux-*.so.2 | cut -d ' ' -f 1)
exec "$loader" --argv0 pacemaker-remoted --library-path "$libraries:$libraries/systemd" \
  "$root/usr/sbin/pacemaker-remoted" "$@"

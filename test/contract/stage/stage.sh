#!/bin/sh
# Becomes PID 1 of the namespaces that plain.ts opens for one daemon under test:
#   stage.sh SCRATCH FIXTURES COMMAND
# SCRATCH is a directory for mounts, COMMAND a shell text. This shell stays, so that what the daemon leaves behind is
# reaped; it ends, and with it everything in the namespace, when its standard input does.
set -eu
scratch=$1 fixtures=$2 command=$3
# shellcheck disable=SC1091 # checked by itself
. "$fixtures/../stage/furnish.sh"

mount --make-rprivate /
mount -t tmpfs -o mode=0755 contract "$scratch/private"
for dir in etc usr/lib; do
  mkdir -p "$scratch/private/$dir/upper" "$scratch/private/$dir/work"
  mount -t overlay -o "lowerdir=/$dir,upperdir=$scratch/private/$dir/upper,workdir=$scratch/private/$dir/work" \
    contract "/$dir"
done
furnish '' "$fixtures"

exec 3<&0
{
  sh -c "exec $command" </dev/null 3<&- || true
  echo 'daemon ended'
} &
echo 'daemon started'
cat <&3 >/dev/null

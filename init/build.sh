#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds pcmk-init, or another of ours, as one static program: init/build.sh OUT [pcmk-tool | pcmk-shim]
# CC chooses the compiler, CFLAGS is appended (tests build variants with -D…).
set -eu

case $#,${2:-pcmk-init} in
  1,* | 2,pcmk-init)
    sources='pcmk-init supervise states daemon env-file rest say title hand-over spawner spawner-frames spawner-link
      spawner-programs spawner-jobs spawner-child spawner-output counts'
    ;;
  2,pcmk-tool)
    sources='tool tool-link tool-install'
    ;;
  2,pcmk-shim)
    sources='shim shim-options shim-start shim-state shim-output shim-log shim-json say'
    ;;
  *)
    echo "usage: $0 OUT [pcmk-init | pcmk-tool | pcmk-shim]" >&2
    exit 64
    ;;
esac
out=$1
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# musl first: the program is 27 KB with it and 700 KB with glibc.
if [ -n "${CC:-}" ]; then
  compiler=$CC
elif command -v musl-gcc >/dev/null 2>&1; then
  compiler=musl-gcc
else
  compiler=gcc
fi
if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
  echo "$0: no C compiler ($compiler): apt-get install musl-tools, or apt-get install gcc libc6-dev" >&2
  exit 69
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Not every libc brings what the stack protector needs, so it is tried with a link.
echo 'int main(void) { char a[64]; return __builtin_snprintf(a, sizeof a, "x") != 1; }' >"$work/probe.c"
protector=-fstack-protector-strong
# shellcheck disable=SC2086
if ! $compiler $protector -static "$work/probe.c" -o "$work/probe" 2>/dev/null; then
  protector=
  if ! $compiler -static "$work/probe.c" -o "$work/probe"; then
    echo "$0: $compiler cannot link a static program: apt-get install musl-tools, or apt-get install gcc libc6-dev" >&2
    exit 69
  fi
fi

set --
for source in $sources; do
  set -- "$@" "$here/$source.c"
done

# _GNU_SOURCE for the wait macros, prctl and syscall. Unwind tables are of no use without exceptions.
# shellcheck disable=SC2086
$compiler -std=gnu11 -D_GNU_SOURCE -Os -Wall -Wextra $protector \
  -fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -fdata-sections \
  ${CFLAGS:-} -static -s -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,noseparate-code -o "$work/out" "$@"

# Moved at the end: an interrupted build never leaves half of a program.
mv -f "$work/out" "$out"

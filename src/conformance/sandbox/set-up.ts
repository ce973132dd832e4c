import { shellLine, shellWord } from '../shell-words.ts';
import type { Layer, RootPlan } from './root-plan.ts';

/** Descriptors of the worker. Single digits, because a POSIX shell has to open some of them. */
export const DESCRIPTORS = {
  events: 3,
  task: 4,
  /** The folder of all layers' upper directories. */
  base: 5,
  /** The same of each small layer. */
  small: [6, 7],
  /** Of the first layer below which the host's folder lies; the others follow. */
  lower: 8,
} as const;

/** How much may be written into a small layer. */
const SMALL_BYTES = '64m';

/** Devices that every program counts on; nothing else of the host's may be reached. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

const FUNCTIONS = `set -eu
base=/sys root=/sys/root
layer() { # number, mode, owner, folder, options
  mkdir -p "$base/$1/w" "$root$4"
  mkdir -m "$2" "$base/$1/u"
  [ "$3" = 0:0 ] || chown "$3" "$base/$1/u" 2>/dev/null || :
  mount -t overlay -o "lowerdir=$4,upperdir=$base/$1/u,workdir=$base/$1/w,xino=off,index=off$5" bundlet "$root$4"
}
small() { # number, descriptor
  mkdir "$base/$1"
  mount -t tmpfs -o mode=755,size=${SMALL_BYTES} bundlet "$base/$1"
  eval "exec $2<\\"\\$base/$1\\""
}`;

/** Lies in no layer: where it fails the folder is shown as it is, and nobody can write to it. */
const READ_ONLY = (path: string): string =>
  `mount -o bind,ro ${shellWord(path)} "$root"${shellWord(path)} 2>/dev/null || :`;

const NETWORK = `if command -v ip >/dev/null; then ip link set lo up
elif command -v ifconfig >/dev/null; then ifconfig lo up
elif command -v busybox >/dev/null; then busybox ip link set lo up
fi`;

/** As in the host's /dev, but for what leads to its disks and terminals. */
const MAKE_DEVICES = `mount -t tmpfs -o mode=755,size=1m bundlet "$root/dev"
mkdir -p "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue" "$root/dev/old"
(cd /dev && cp -a ${DEVICES.join(' ')} "$root/dev/" 2>/dev/null) || for name in ${DEVICES.join(' ')}; do
  : >"$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s fd/0 "$root/dev/stdin"
ln -s fd/1 "$root/dev/stdout"
ln -s fd/2 "$root/dev/stderr"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t devpts -o newinstance,ptmxmode=666,mode=620 bundlet "$root/dev/pts"
mount -t tmpfs -o mode=1777 bundlet "$root/dev/shm"
mount -t mqueue bundlet "$root/dev/mqueue" 2>/dev/null || :`;

/** sysfs first while the old one can be seen: the kernel asks for that in user namespaces. */
const ENTER = `mkdir -p "$root/proc" "$root/sys"
mount -t proc -o nosuid,nodev,noexec bundlet "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec bundlet "$root/sys" 2>/dev/null || :
cd "$root"
pivot_root . dev/old
cd /
umount -l /dev/old
rmdir /dev/old`;

/** Services of the host that can't be reached from here must not seem to be there. */
const FORGET = `rm -rf /run/systemd 2>/dev/null || :
find /run -xdev \\( -type s -o -name '*.pid' \\) -exec rm -f {} + 2>/dev/null || :`;

/** PID 1 of a sandbox: makes its root, then runs `command` in it, as PID 1 or below one that reaps. */
export function setUpScript(plan: RootPlan, command: readonly string[], init: 'reaps' | 'none'): string {
  const words = shellLine(command);
  return [
    FUNCTIONS,
    'mount -t tmpfs -o mode=755 bundlet "$base"',
    `mkdir "$root"\nexec ${DESCRIPTORS.base}<"$base"`,
    ...rootLines(plan),
    ...plan.layers.map(layerLines(plan)),
    ...plan.copies.map((path) => `cp -a ${shellWord(path)} "$root"${shellWord(path)} 2>/dev/null || :`),
    MAKE_DEVICES,
    ENTER,
    FORGET,
    NETWORK,
    // A shell reaps whoever becomes its child while it waits for one.
    init === 'none' ? `exec ${words}` : `${words} &\nwait $!`,
  ].join('\n');
}

/** Where no layer covers the root it is an empty file system with folders to be covered. */
function rootLines({ mode, folders }: RootPlan): readonly string[] {
  return mode === 'root'
    ? []
    : [
        'mount -t tmpfs -o mode=755 bundlet "$root"',
        ...folders.map((path) => `mkdir -p "$root"${shellWord(path)}`),
        'mkdir -p "$root/dev"',
      ];
}

/** The number of a layer is the name of its folder. */
function layerLines({ mode, layers }: RootPlan): (layer: Layer, number: number) => string {
  const small = layers.filter(({ isSmall }) => isSmall);
  // The marks of overlayfs are root's of the whole machine otherwise.
  const options = mode === 'root' ? '' : ',userxattr';
  return (layer, number) => {
    const { path, uid, gid } = layer;
    const words = ['layer', String(number), layer.mode.toString(8), `${uid}:${gid}`, path, options];
    const descriptor = DESCRIPTORS.small[small.indexOf(layer)];
    return [
      ...(descriptor === undefined ? [] : [`small ${number} ${descriptor}`]),
      path === '/' ? shellLine(words) : `${shellLine(words)} || ${READ_ONLY(path)}`,
    ].join('\n');
  };
}

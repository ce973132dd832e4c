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
  /** Of the first layer: the host's folder below it; those of the others follow. */
  lower: 8,
} as const;

/** How much may be written into a small layer. */
const SMALL_BYTES = '64m';
/** The same of all other layers together: what an agent writes without end must not take the machine's memory. */
const ALL_BYTES = '25%';

/** Devices that every program counts on; nothing else of the host's may be reached. */
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];
const DEVICE_LINKS = ['fd', 'stdin', 'stdout', 'stderr'];

/** sysfs holds nobody's files and is mounted anew anyway: its place serves to make the root at. */
const BEGIN = `set -eu
umask 022
base=/sys root=/sys/root
mount -t tmpfs -o mode=755,size=${ALL_BYTES} bundlet "$base"
exec ${DESCRIPTORS.base}<"$base"`;

/** As in the host's /dev, but for what leads to its disks and terminals. In a user namespace devices can't be made, but shown. */
const MAKE_DEVICES = `mount -t tmpfs -o mode=755,size=1m bundlet "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue" "$root/dev/old"
(cd /dev && cp -a ${[...DEVICES, ...DEVICE_LINKS].join(' ')} "$root/dev/" 2>/dev/null) || {
  for name in ${DEVICES.join(' ')}; do
    : >"$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
  done
  ln -sfn /proc/self/fd "$root/dev/fd"
  for number in 0.stdin 1.stdout 2.stderr; do ln -sf "fd/\${number%.*}" "$root/dev/\${number#*.}"; done
}
ln -s pts/ptmx "$root/dev/ptmx"
mount -t devpts -o newinstance,ptmxmode=666,mode=620 bundlet "$root/dev/pts"
mount -t tmpfs -o mode=1777,size=${SMALL_BYTES} bundlet "$root/dev/shm"
mount -t mqueue bundlet "$root/dev/mqueue" 2>/dev/null || :`;

/** sysfs while the old one can be seen: the kernel asks for that in user namespaces. */
const ENTER = `mount -t proc -o nosuid,nodev,noexec bundlet "$root/proc"
mount -t sysfs -o ro,nosuid,nodev,noexec bundlet "$root/sys" 2>/dev/null || :
cd "$root"
pivot_root . dev/old
cd /
umount -l /dev/old
rmdir /dev/old`;

/** What the kernel has once for all namespaces; the network's part of it belongs to this one. */
const PROTECT = `for name in sys sysrq-trigger bus fs irq; do
  [ ! -e "/proc/$name" ] || mount -o bind,ro "/proc/$name" "/proc/$name"
done
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,rw /proc/sys/net`;

/** Abilities of root that reach beyond namespaces: the clock, modules, raw devices. */
const WITHOUT_ABILITIES = [
  ...['setpriv', '--bounding-set', '-sys_time,-sys_module,-sys_rawio,-mknod,-syslog,-wake_alarm', '--'],
];

/** Services of the host that can't be reached from here must not seem to be there. */
const FORGET = `find /run -xdev \\( -path /run/systemd -o -type s -o -name '*.pid' \\) -prune -exec rm -rf {} + 2>/dev/null || :`;

const NETWORK = `if command -v ip >/dev/null; then ip link set lo up
elif command -v ifconfig >/dev/null; then ifconfig lo up
elif command -v busybox >/dev/null; then busybox ip link set lo up
fi`;

/** What PID 1 of a sandbox does: makes its root, then runs `command` in it, as PID 1 or below one that reaps. */
export function setUpScript(plan: RootPlan, command: readonly string[], init: 'reaps' | 'none'): string {
  const words = shellLine(plan.mode === 'root' ? [...WITHOUT_ABILITIES, ...command] : command);
  return [
    BEGIN,
    ...emptyRoot(plan),
    ...upperFolders(plan.layers),
    ...plan.layers.map((layer, number) => mountLayer(plan, layer, number)),
    ...plan.copies.map((path) => `cp -a ${shellWord(path)} "$root"${shellWord(path)} 2>/dev/null || :`),
    'mkdir -p "$root/dev" "$root/proc" "$root/sys"',
    MAKE_DEVICES,
    ENTER,
    // In a user namespace root may do nothing of that.
    ...(plan.mode === 'root' ? [PROTECT] : []),
    FORGET,
    NETWORK,
    // A shell reaps whoever becomes its child while it waits for one.
    init === 'none' ? `exec ${words}` : `${words} &\nwait $!`,
  ].join('\n');
}

/** Where no layer covers the root it is an empty file system with folders to be covered. */
function emptyRoot({ mode, folders, layers }: RootPlan): readonly string[] {
  const all = [...folders, ...layers.map(({ path }) => path)].map((path) => `"$root"${shellWord(path)}`);
  return mode === 'root'
    ? ['mkdir "$root"']
    : ['mkdir "$root"', 'mount -t tmpfs -o mode=755 bundlet "$root"', `mkdir -p ${all.join(' ')}`];
}

/** The number of a layer is the name of its folder. What overlayfs shows of a layer's own folder is that of the upper one. */
function upperFolders(layers: readonly Layer[]): readonly string[] {
  const small = layers.flatMap((layer, number) => (layer.isSmall ? [number] : []));
  const both = layers.flatMap((_, number) => [`"$base/${number}/u"`, `"$base/${number}/w"`]);
  return [
    ...(small.length === 0 ? [] : [`mkdir ${small.map((number) => `"$base/${number}"`).join(' ')}`]),
    ...small.flatMap((number, at) => [
      `mount -t tmpfs -o mode=755,size=${SMALL_BYTES} bundlet "$base/${number}"`,
      `exec ${DESCRIPTORS.small[at]}<"$base/${number}"`,
    ]),
    `mkdir -p ${both.join(' ')}`,
    ...layers.flatMap(({ mode, uid, gid }, number) => [
      ...(mode === 0o755 ? [] : [`chmod ${mode.toString(8)} "$base/${number}/u"`]),
      // In a user namespace there is nobody else to own it.
      ...(uid === 0 && gid === 0 ? [] : [`chown ${uid}:${gid} "$base/${number}/u" 2>/dev/null || :`]),
    ]),
  ];
}

function mountLayer({ mode }: RootPlan, { path }: Layer, number: number): string {
  // The marks of overlayfs are root's of the whole machine otherwise.
  const marks = mode === 'root' ? '' : ',userxattr';
  const folders = `upperdir=/sys/${number}/u,workdir=/sys/${number}/w`;
  const options = shellWord(`lowerdir=${path},${folders},xino=off,index=off${marks}`);
  const mount = `mount -t overlay -o ${options} bundlet "$root"${shellWord(path)}`;
  // Where a file system can't be covered it is shown, and nobody can write to it.
  return path === '/'
    ? mount
    : `${mount} 2>/dev/null || mount -o bind,ro ${shellWord(path)} "$root"${shellWord(path)} 2>/dev/null || :`;
}

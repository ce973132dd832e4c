/** A file system that is mounted somewhere. */
export interface MountPoint {
  readonly path: string;
  /** As in proc(5): `ext4`, `tmpfs`. */
  readonly type: string;
  readonly source: string;
}

/** What the kernel shows of itself, and what it would make no sense, or harm, to lay a layer over. */
const KERNEL_TYPES: ReadonlySet<string> = new Set([
  ...[
    'autofs',
    'binfmt_misc',
    'bpf',
    'cgroup',
    'cgroup2',
    'configfs',
    'debugfs',
    'devpts',
    'devtmpfs',
    'efivarfs',
  ],
  ...[
    'fusectl',
    'hugetlbfs',
    'mqueue',
    'nfsd',
    'nsfs',
    'proc',
    'pstore',
    'ramfs',
    'rpc_pipefs',
    'securityfs',
  ],
  ...['selinuxfs', 'sysfs', 'tracefs'],
]);

/** Below these everything is made anew, or belongs to containers and packages that no agent looks into. */
const LEFT_OUT = [
  ...['/proc', '/sys', '/dev', '/run', '/snap'],
  ...['/var/lib/containerd', '/var/lib/containers', '/var/lib/docker', '/var/lib/kubelet'],
];

/** Reads `/proc/PID/mountinfo`, in its order [proc(5)]. Lines that are none are left out. */
export function readMounts(mountInfo: string): readonly MountPoint[] {
  return mountInfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const path = left.split(' ')[4];
    const [type, source] = right.split(' ');
    return path === undefined || type === undefined || source === undefined
      ? []
      : [{ path: readOctals(path), type, source: readOctals(source) }];
  });
}

/** Mount points of file systems that hold somebody's files, each once, those above before those below; without the root. */
export function fileSystems(mounts: readonly MountPoint[]): readonly string[] {
  const paths = mounts
    .filter(({ type }) => !KERNEL_TYPES.has(type))
    .map(({ path }) => path)
    .filter((path) => path !== '/' && !LEFT_OUT.some((folder) => isWithin(path, folder)));
  return [...new Set(paths)].sort();
}

/** Whether a path is a folder or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}

/** The kernel writes space, tab, newline and backslash as octal numbers. */
function readOctals(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

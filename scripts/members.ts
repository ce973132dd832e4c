import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Folders that every image has, or that packages own; deeper ones are ours. */
const OF_SYSTEM: ReadonlySet<string> = new Set([
  'usr',
  'usr/bin',
  'usr/sbin',
  'usr/lib',
  'usr/lib/ocf',
  'usr/lib/ocf/resource.d',
  'usr/share',
]);

/**
 * What the tarball holds of a tree, sorted: files, links and our own folders. Those of the system are left out: an image may
 * have links in their place, or other modes.
 */
export function members(root: string, folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      const name = relative(root, path);
      const inside = entry.isDirectory() ? members(root, path) : [];
      return entry.isDirectory() && OF_SYSTEM.has(name) ? inside : [name, ...inside];
    })
    .sort();
}

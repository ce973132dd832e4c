import { readFile } from 'node:fs/promises';

/** A user as whom something runs. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** All groups. */
  readonly groups: readonly number[];
  /** Of `/etc/passwd`; absent for a number that is not there. */
  readonly entry?: { readonly name: string; readonly home: string; readonly shell: string };
}

const isNumber = (text: string): boolean => /^\d{1,10}$/.test(text);
const ROOT_GID = 0;

/** Fields of the lines of `/etc/passwd` or `/etc/group`; a container may have neither. */
async function table(path: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([name]) => name !== '');
}

/** The user, by name or number; undefined if there is none of that name. */
export async function findUser(user: string, directory = '/etc'): Promise<Account | undefined> {
  const users = await table(`${directory}/passwd`);
  const found =
    users.find(([name]) => name === user) ??
    (isNumber(user) ? users.find(([, , uid]) => uid === user) : undefined);
  if (found === undefined) {
    return isNumber(user) ? { uid: Number(user), gid: ROOT_GID, groups: [ROOT_GID] } : undefined;
  }
  const [name = '', , uid, gid, , home = '/', shell = '/bin/sh'] = found;
  const others = (await table(`${directory}/group`)).filter(([, , , members = '']) =>
    members.split(',').includes(name),
  );
  const groups = new Set([Number(gid), ...others.map(([, , id]) => Number(id))]);
  return { uid: Number(uid), gid: Number(gid), groups: [...groups], entry: { name, home, shell } };
}

/** Number of a group, by name or number; undefined if there is none of that name. */
export async function findGroup(group: string, directory = '/etc'): Promise<number | undefined> {
  const found = (await table(`${directory}/group`)).find(([name]) => name === group);
  const gid = found?.[2] ?? group;
  return isNumber(gid) ? Number(gid) : undefined;
}

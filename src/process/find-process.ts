/**
 * The lowest process id with the given name (`comm`, at most 15 bytes) among those that this daemon can see, or
 * undefined. Takes one small read per process, none of which blocks.
 * @param directory default `/proc`
 * @throws the system's error when there is no `/proc`
 */
export async function findProcess(name: string, directory = '/proc'): Promise<number | undefined> {
  const { readdir, readFile } = await import('node:fs/promises');
  const ids = (await readdir(directory)).filter((entry) => /^\d+$/.test(entry)).map(Number);
  for (const id of ids.sort((one, other) => one - other)) {
    // It may have ended since the listing.
    const comm = await readFile(`${directory}/${id}/comm`, 'latin1').catch(() => '');
    if (comm === `${name}\n`) {
      return id;
    }
  }
  return undefined;
}

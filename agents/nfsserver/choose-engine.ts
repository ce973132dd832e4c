import { constants } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../kit/index.ts';
import type { Engine } from './engine.ts';
import type { NfsContext } from './parameters.ts';

type EngineName = Engine['name'];

/** Bit of CAP_SYS_ADMIN [capabilities(7)], which mount(2) wants. */
const CAP_SYS_ADMIN = 1n << 21n;

/**
 * The engine of a resource: the one that its parameter names; else the one that it was started with; else the kernel's
 * where it can be had.
 */
export async function chooseEngine(context: NfsContext): Promise<Engine> {
  const name = await nameOf(context);
  return name === 'kernel'
    ? (await import('./kernel/kernel.ts')).kernelEngine
    : (await import('./ganesha/ganesha.ts')).ganeshaEngine;
}

/** What is started with one engine must be watched and stopped with it, whatever the machine can later. */
export async function noteEngine(context: NfsContext, { name }: Engine): Promise<void> {
  await writeFile(await noteOf(context), `${name}\n`);
}

async function nameOf(context: NfsContext): Promise<EngineName> {
  const { engine } = context.params;
  if (engine !== 'auto') {
    return engine;
  }
  const noted = (await readText(await noteOf(context))).trim();
  return noted === 'kernel' || noted === 'ganesha' ? noted : guess(context);
}

async function guess({ params, env }: NfsContext): Promise<EngineName> {
  if (params.config_file !== undefined) {
    return 'ganesha';
  }
  if (await isKernelAtHand()) {
    return 'kernel';
  }
  // Without either, the kernel's engine knows best what is missing.
  const hasGanesha = (await findProgram(params.ganesha ?? 'ganesha.nfsd', env)) !== undefined;
  return params.export_path !== undefined && hasGanesha ? 'ganesha' : 'kernel';
}

/** Whether the kernel's server is mounted, or can be. */
async function isKernelAtHand(): Promise<boolean> {
  const isMounted = await access('/proc/fs/nfsd/threads', constants.R_OK).then(
    () => true,
    () => false,
  );
  if (isMounted) {
    return true;
  }
  const [fileSystems, status] = [await readText('/proc/filesystems'), await readText('/proc/self/status')];
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return /\tnfsd$/m.test(fileSystems) && (BigInt(`0x${effective}`) & CAP_SYS_ADMIN) !== 0n;
}

const noteOf = async ({ stateDirectory }: NfsContext): Promise<string> =>
  join(await stateDirectory(), 'engine');

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

import { constants } from 'node:fs';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../kit/index.ts';
import { CAPABILITY, holdsCapability } from './capabilities.ts';
import type { Engine } from './engine.ts';
import type { NfsContext } from './parameters.ts';

type EngineName = Engine['name'];

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

/** After a stop the machine is asked anew. */
export async function forgetEngine(context: NfsContext): Promise<void> {
  await rm(await noteOf(context), { force: true });
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
  const fileSystems = await readText('/proc/filesystems');
  return /\tnfsd$/m.test(fileSystems) && (await holdsCapability(CAPABILITY.sysAdmin));
}

const noteOf = async ({ stateDirectory }: NfsContext): Promise<string> =>
  join(await stateDirectory(), 'engine');

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

import { resolve } from 'node:path';
import { type Environment, pcmkOption } from './environment.ts';
import type { Notes } from './note.ts';

/** Paths of PEM files. */
export interface CertificatePaths {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly crl?: string;
}

/** Who is let in [protocol 1.2]. */
export interface AuthenticationSettings {
  /** The one place to look for the key; absent = the usual ones. */
  readonly keyLocation?: string;
  /** The key that holds beside the first while keys are being rotated; it need not be there. */
  readonly previousKeyLocation: string;
  /** Where the certificates are; absent = authentication by key [protocol 1.5]. */
  readonly certificates?: CertificatePaths;
  readonly tlsPriorities: string;
}

const DEFAULT_KEY_LOCATION = '/etc/pacemaker/authkey';

export function readAuthenticationOptions(env: Environment, notes: Notes): AuthenticationSettings {
  const certificates = readCertificatePaths(env, notes);
  const keyLocation = absolute(pcmkOption(env, 'authkey_location'));
  noteKeyLog(env, notes);
  return {
    previousKeyLocation:
      absolute(env['BUNDLET_AUTHKEY_PREVIOUS']) ?? `${keyLocation ?? DEFAULT_KEY_LOCATION}.previous`,
    tlsPriorities: pcmkOption(env, 'tls_priorities') ?? 'NORMAL',
    ...(certificates === undefined ? {} : { certificates }),
    ...(keyLocation === undefined ? {} : { keyLocation }),
  };
}

/** Relative to where the daemon was started: it goes to another directory later. Empty counts as unset. */
function absolute(path: string | undefined): string | undefined {
  return path === undefined || path === '' ? undefined : resolve(path);
}

/** All of CA, certificate and key, or authentication by key [pcmk tls.c: pcmk__x509_enabled]. */
function readCertificatePaths(env: Environment, notes: Notes): CertificatePaths | undefined {
  const pathOf = (name: string): string => absolute(pcmkOption(env, name) ?? env[`CIB_${name}`]) ?? '';
  const required = { ca: pathOf('ca_file'), cert: pathOf('cert_file'), key: pathOf('key_file') };
  const crl = pathOf('crl_file');
  const missing = Object.entries(required).filter(([, path]) => path === '');
  if (missing.length === 0) {
    return { ...required, ...(crl === '' ? {} : { crl }) };
  }
  if (missing.length < 3 || crl !== '') {
    const names = missing.map(([part]) => `PCMK_${part}_file`).join(' and ');
    const problem = `Expected PCMK_ca_file, PCMK_cert_file and PCMK_key_file together, got none for ${names}`;
    notes.push({ setting: 'PCMK_cert_file', problem: `${problem}; using the pre-shared key instead` });
  }
  return undefined;
}

function noteKeyLog(env: Environment, notes: Notes): void {
  if (env['SSLKEYLOGFILE'] !== undefined) {
    notes.push({
      setting: 'SSLKEYLOGFILE',
      problem: 'GnuTLS writes the secrets of every connection to that file',
    });
  }
}

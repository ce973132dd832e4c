/** `node:crypto`, loaded at first use: loading takes 6 ms, and a daemon can listen without it. */
export function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

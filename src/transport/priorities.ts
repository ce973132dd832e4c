/** What GnuTLS uses when nothing is configured. */
export const DEFAULT_PRIORITIES = 'NORMAL';

/** The priority string of pre-shared key mode. [pcmk tls.c: `<base>:+DHE-PSK:+PSK`] */
export function pskPriorities(base: string): string {
  return `${base}:+DHE-PSK:+PSK`;
}

/** The identity that controllers give. Another one is refused, as by Pacemaker 3.0.2 and later. */
export const PSK_IDENTITY = 'lrmd';

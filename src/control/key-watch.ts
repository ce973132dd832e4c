import { channelOf } from '../observe/events.ts';

/** Whether peers can prove themselves, as the events of the room `transport` tell it. */
export class KeyWatch {
  #fingerprint: string | undefined;
  #problem: string | undefined = 'no key was looked for yet';
  #hasCertificates = false;

  constructor() {
    channelOf('tls.key-loaded').subscribe((event) => {
      const { fingerprint, role } = event as { readonly fingerprint: string; readonly role: string };
      if (role !== 'previous') {
        this.#fingerprint = fingerprint;
        this.#problem = undefined;
      }
    });
    channelOf('tls.key-missing').subscribe((event) => {
      this.#fingerprint = undefined;
      this.#problem = String((event as { readonly reason?: unknown }).reason ?? 'there is none');
    });
    channelOf('tls.certificates-loaded').subscribe(() => {
      this.#hasCertificates = true;
    });
  }

  /** Never a part of the key. */
  get fingerprint(): string | undefined {
    return this.#fingerprint;
  }

  /** Why nobody can prove himself; undefined: all is well. */
  get problem(): string | undefined {
    return this.#hasCertificates ? undefined : this.#problem;
  }
}

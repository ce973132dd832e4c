import type { ConnectOptions, Secret } from '../../../src/client/index.ts';
import type { Peer } from '../model.ts';
import { Controller } from './controller.ts';
import { RawPeer } from './raw-peer.ts';

/** Everybody who speaks in a case; who is not there yet comes when named. */
export class Cast implements AsyncDisposable {
  readonly #key: Secret;
  readonly #controllers = new Map<Peer, Controller>();
  readonly #raw = new Map<Peer, RawPeer>();

  constructor(key: Secret) {
    this.#key = key;
  }

  async controller(name: Peer, options: Partial<ConnectOptions> = {}): Promise<Controller> {
    const known = this.#controllers.get(name);
    if (known !== undefined) {
      return known;
    }
    const controller = await Controller.connect(name, this.#key, options);
    this.#controllers.set(name, controller);
    return controller;
  }

  async raw(name: Peer): Promise<RawPeer> {
    const known = this.#raw.get(name);
    if (known !== undefined) {
      return known;
    }
    const peer = await RawPeer.connect(this.#key);
    this.#raw.set(name, peer);
    return peer;
  }

  async leave(name: Peer): Promise<void> {
    const peer = this.#controllers.get(name) ?? this.#raw.get(name);
    this.#controllers.delete(name);
    this.#raw.delete(name);
    await peer?.leave();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#controllers.keys(), ...this.#raw.keys()].map((name) => this.leave(name)));
  }
}

// node-ipc brings no types: what we use of it.
declare module 'node-ipc' {
  export class IPCModule {
    readonly config: object;
    readonly server: unknown;
    serve(path: string): void;
  }
}

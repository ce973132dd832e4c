// What the module that protobufjs makes has for us. What the messages hold is in model.ts.
interface Codec {
  /** @throws Error for a value that does not fit its field */
  encode(message: object): { finish(): Uint8Array };
  /** @throws Error for bytes that are no such message */
  decode(bytes: Uint8Array): object;
}

export const bundlet: {
  readonly control: { readonly v1: { readonly Request: Codec; readonly Response: Codec } };
};

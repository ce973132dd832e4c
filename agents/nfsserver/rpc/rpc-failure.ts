/** What was wrong with a call: nobody there, no answer in time, a refusal, or an answer that is none. */
export type RpcFault = 'unreachable' | 'silent' | 'closed' | 'refused' | 'mismatch' | 'garbage';

/** A call failed. The message is a clause that follows "got": what came in place of the expected answer. */
export class RpcFailure extends Error {
  override readonly name = 'RpcFailure';
  readonly fault: RpcFault;

  constructor(fault: RpcFault, got: string, options?: ErrorOptions) {
    super(got, options);
    this.fault = fault;
  }
}

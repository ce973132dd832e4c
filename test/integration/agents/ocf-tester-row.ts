/** How Debian's `ocf-tester` is to try one of our agents: `ocf-tester/NAME.ts` exports one as `row`. */
export interface TesterRow {
  /** Values without quotes and blanks: the tool puts them through `eval`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Shell text to make the machine ready: run in the namespaces, with `$scratch`, an empty `/run` and loopback up. */
  readonly setUp?: string;
  /** Its notes "Your agent does not support … (optional)": the words in between. */
  readonly optional: readonly string[];
}

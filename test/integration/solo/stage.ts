// Definitions for solo mode, and what became of them.
import { until } from '../../helpers/pid-namespace.ts';
import { type RunningDaemon, startDaemon } from '../daemon/support.ts';

/** Shell text that puts a definition into the daemon's scratch directory. */
export const definition = (xml: string): string =>
  `cat >"$scratch/solo.xml" <<'XML'\n${xml}\nXML\nexport BUNDLET_SOLO="$scratch/solo.xml"`;

interface Definition {
  readonly sh: string;
  readonly meta?: string;
  readonly op?: string;
}

/** A primitive of the agent that runs a shell text. */
export const actor = ({
  sh,
  meta = '',
  op = '<op id="m" name="monitor" interval="100ms" timeout="5s"/>',
}: Definition): string => `
<bundle id="b"><podman image="x"/><primitive id="app" class="ocf" provider="test" type="actor">
  <meta_attributes id="ma">${meta}</meta_attributes>
  <instance_attributes id="ia"><nvpair id="i1" name="sh" value='${sh.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}'/></instance_attributes>
  <operations>${op}</operations>
</primitive></bundle>`;

/** Runs as long as there is a file; the file is there once it was started. */
export const FILE_AGENT =
  'f=$STATE; case $0 in start) touch "$f";; stop) rm -f "$f";; monitor) test -e "$f" || exit 7;; esac';

export const nvpair = (name: string, value: string): string =>
  `<nvpair id="${name}" name="${name}" value="${value}"/>`;

export const soloState = (daemon: RunningDaemon): unknown =>
  daemon.log().findLast(({ event }) => event === 'solo.state')?.['state'];

export const isIn = (daemon: RunningDaemon, state: string): Promise<void> =>
  until(
    () => soloState(daemon) === state,
    () => `solo mode to be ${state}, got ${JSON.stringify(daemon.log().slice(-5))}`,
  );

/** Starts the resource of `FILE_AGENT` in solo mode, whose file is `state` in the scratch directory. */
export const startFileAgent = (env: Readonly<Record<string, string>> = {}): Promise<RunningDaemon> =>
  startDaemon({ env, prelude: `export STATE="$scratch/state"; ${definition(actor({ sh: FILE_AGENT }))}` });

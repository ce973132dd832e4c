import { didYouMean } from '../config/did-you-mean.ts';
import { checksFor, checksOf } from '../conformance/catalog.ts';
import type { Check, CheckedClass } from '../conformance/check.ts';
import { explainText, type ListedCheck, listJson, listText } from '../conformance/output/catalog-text.ts';
import { select } from '../conformance/selection.ts';
import type { ConformanceRequest } from './conformance-request.ts';
import { EXIT, type ExitStatus, usageError } from './exit-status.ts';
import type { Io } from './io.ts';

const CLASSES: readonly CheckedClass[] = ['ocf', 'lsb', 'systemd', 'alert'];

/** `--list` and `--explain`: nothing is run. With an agent only its own checks are meant. */
export async function showCatalog(request: ConformanceRequest, io: Io): Promise<ExitStatus> {
  const format = catalogFormat(request);
  const checks = await checksOfRequest(request, io);
  if (request.task === 'explain') {
    const check = find(checks, request.id ?? '');
    io.out.write(format === 'json' ? listJson([{ check }]) : explainText(check));
    return EXIT.ok;
  }
  const listed = listedChecks(checks, request);
  io.out.write(format === 'json' ? listJson(listed) : listText(listed));
  return EXIT.ok;
}

/** In the order of the catalogue; what was not asked for by name is not shown, what `--skip` or the level takes away is. */
function listedChecks(checks: readonly Check[], { wish }: ConformanceRequest): readonly ListedCheck[] {
  const named =
    wish.only.length === 0 ? checks : select(checks, { only: wish.only, skip: [], level: 'all' }).chosen;
  const { leftOut } = select(named, { ...wish, only: [] });
  const reasons = new Map(leftOut.map(({ check, reason }) => [check, reason]));
  return named.map((check) => {
    const reason = reasons.get(check);
    return reason === undefined ? { check } : { check, leftOut: reason };
  });
}

function find(checks: readonly Check[], id: string): Check {
  const found = checks.find((check) => check.id.toLowerCase() === id.toLowerCase());
  if (found === undefined) {
    const hint =
      didYouMean(
        id,
        checks.map((check) => check.id),
      ) || '; bundlet conformance --list shows them';
    throw usageError(`Expected --explain to name a check, got "${id}"${hint}`);
  }
  return found;
}

/** Of one agent, with those that its author wrote; else of every class. */
async function checksOfRequest(request: ConformanceRequest, io: Io): Promise<readonly Check[]> {
  if (request.agent === undefined) {
    return (await Promise.all(CLASSES.map(checksOf))).flat();
  }
  const { agentOf, casesOf } = await import('./conformance-agent.ts');
  const agent = await agentOf(request, io);
  return checksFor({ class: agent.class, cases: await casesOf(agent, request, io) });
}

function catalogFormat({ outputs, task }: ConformanceRequest): 'human' | 'json' {
  const [first, ...more] = outputs;
  if (more.length > 0 || (first?.format !== 'human' && first?.format !== 'json')) {
    throw usageError(`Expected --${task} with --output human or json, to standard output, got another`);
  }
  return first.format;
}

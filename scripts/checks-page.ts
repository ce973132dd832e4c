// docs/conformance/checks.md out of the checks themselves.
import { checksOf } from '../src/conformance/catalog.ts';
import type { Ability, CheckedClass } from '../src/conformance/kinds.ts';

/** Classes in the order of the page, as people call their agents. */
const CLASSES: Readonly<Record<CheckedClass, string>> = {
  ocf: 'Resource agents (OCF)',
  lsb: 'Init scripts (LSB)',
  systemd: 'systemd units',
  alert: 'Alert agents',
};

const NEEDS: Readonly<Record<Ability, string>> = {
  processes: 'to see processes',
  environment: 'to vary the environment',
  traces: 'to see what is left',
  private: 'a sandbox',
  users: 'root',
  answers: "the agent's own exit code",
};

/** How the page's tables are written. */
type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

/** One table a class. */
export async function checksReference(table: Table): Promise<string> {
  const sections: string[] = [];
  for (const [checked, title] of Object.entries(CLASSES) as [CheckedClass, string][]) {
    const checks = await checksOf(checked);
    const rows = checks.map(({ id, level, title: rule, why, source, remedy, needs }) => [
      ...[id, level.toUpperCase(), rule, why, source, remedy].map(plain),
      needs.map((need) => NEEDS[need]).join(', '),
    ]);
    if (rows.length > 0) {
      const head = ['id', 'level', 'rule', 'why', 'source', 'what to do', 'needs'];
      sections.push(`## ${title}\n\n${table(head, rows)}\n`);
    }
  }
  return sections.join('\n');
}

/** Elements and stars stay what they are. */
function plain(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('*', '\\*');
}

import type { ToolCase } from './tools-cases.ts';
import type { ToolOutcome } from './tools-player.ts';

/** `@BUNDLE@` is the bundle that the container belongs to. */
const cases = (lines: readonly string[]): ToolCase[] =>
  lines.map((line) => ({
    name: line,
    command: line.split(' '),
    before: [],
    env: {},
    anyOrder: line.includes(' -W '),
    // How many answers it still waits for when it says so is an accident.
    onlyExitCode: line.startsWith('crm_resource --refresh -r @BUNDLE@'),
  }));

/** Unmodified tools that only look: whoever asks gets the same answer, apart from its own name. */
export const LOOKING: readonly ToolCase[] = cases([
  'crm_mon -1',
  'crm_mon -1 --output-as=xml',
  'crm_mon -1 -r -f -A -n',
  'crm_mon -1 --as-xml',
  'crm_mon --simple-status',
  'cibadmin -Q',
  'cibadmin -Q --scope crm_config',
  'cibadmin -Q -o resources',
  'cibadmin -Q -o nodes',
  'cibadmin -Q -o status',
  'cibadmin -Q --local',
  "cibadmin -Q --xpath //primitive[@type='Stateful']",
  "cibadmin -Q --xpath //primitive[@type='none']",
  "cibadmin -Q --xpath //node_state[@crmd='online']//nvpair",
  'cibadmin -Q -o nowhere',
  'crm_resource -L',
  'crm_resource -l',
  'crm_resource --list-operations -N node1',
  'crm_resource -W -r @BUNDLE@-app',
  'crm_resource -W -r @BUNDLE@',
  'crm_resource -q -r @BUNDLE@-app',
  'crm_resource -r @BUNDLE@-app -m -g migration-threshold',
  'crm_resource -r @BUNDLE@-app -m -g none',
  'crm_resource -W -r nothing',
  'crm_resource -O',
  'crm_node -n',
  'crm_node -l',
  'crm_node -i',
  'crm_node -q',
  'crm_node -p',
  'crmadmin -D',
  'crmadmin -S node1',
  'crmadmin -N',
  'crmadmin -P',
  'stonith_admin -H *',
  'stonith_admin -L',
  'stonith_admin -I',
  'crm_attribute -t crm_config -n cluster-infrastructure -G -q',
  'crm_attribute -t crm_config -n none -G',
  'attrd_updater -Q -n none',
  'crm_ticket -L',
  'crm_rule -c -r none',
  'crm_verify -L',
  'crm_failcount -G -r @BUNDLE@-app',
  'crm_standby -G',
  'iso8601 -d 2026-01-01T00:00:00Z',
]);

/** Unmodified tools that change something, each under names of its own. */
export const CHANGING: readonly ToolCase[] = cases([
  'crm_attribute -N @NODE@ -l reboot -n @A@ -v one',
  'crm_attribute -N @NODE@ -l forever -n @A@ -v one',
  'crm_attribute -t crm_config -n @A@ -v one',
  'attrd_updater -n @A@ -U one',
  'attrd_updater -n @A@ -D',
  'crm_master -r @A@ -l reboot -v 3',
  'crm_attribute -p @A@ -v 4',
  'crm_resource -r @BUNDLE@-app -m -p description -v words',
  'crm_resource -r @BUNDLE@-app -m -d description',
  'crm_resource --cleanup -r @BUNDLE@-app',
  'crm_resource --cleanup -r @BUNDLE@-app -N @NODE@',
  'crm_resource --refresh -r nothing',
  'crm_resource --fail -r @BUNDLE@-app -N @OTHER@',
  'crm_resource --wait -T 15',
  'crm_resource --cleanup -r @BUNDLE@-app -N @OTHER@',
  'crm_resource --wait -T 15',
  'crm_resource --refresh -r @BUNDLE@-app -N @OTHER@',
  'crm_resource --wait -T 15',
  'crm_failcount -D -r @BUNDLE@-app',
  "cibadmin --modify -o crm_config --xml-text <cluster_property_set_id='@A@'/>",
  "cibadmin --delete --xpath //nvpair[@name='@A@']",
  'crm_ticket -t @A@ --grant',
]);

/** Lines of this test's own doings, which the second of two answers has more of. */
const OWN_LINE = /^.*[co]\d(mark-|x\d{3}).*\n/gm;
const TIME = /\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ?/g;
const COUNTER = /\b(num_updates|epoch|cib-last-written|update-client|crm-debug-origin)="[^"]*"/g;

/**
 * What may differ between two answers to the same question: who asked, when it was asked, and what had been counted until
 * then. An answer that tells of the whole cluster names both bundles, so both get the same name.
 */
export function normalise(outcome: ToolOutcome, bundles: readonly string[]): ToolOutcome {
  const replace = (text: string): string =>
    bundles
      .reduce((named, bundle) => named.replaceAll(bundle, 'bundle'), text)
      .replaceAll('@NODE@', 'bundle-0')
      .replaceAll('@OTHER@', 'bundle-1')
      .replaceAll(OWN_LINE, '')
      .replaceAll(TIME, 'TIME')
      .replaceAll(COUNTER, '$1=""');
  return {
    exitCode: outcome.exitCode,
    stdout: replace(outcome.stdout),
    stderr: replace(outcome.stderr),
    state: outcome.state.map(replace),
  };
}

// Above 250 lines: a table. Every way in which agents call the small tools, and the usual mistakes, as data.
//
// In all words `@A@` stands for an attribute's name that no other case uses, `@NODE@` for the container's node,
// `@OTHER@` for the other replica's, and `@LONG@` for LONG.

/** A value that needs more than one page. */
export const LONG = 'x'.repeat(5000);

/** One call of one tool inside a container, and what is there before. */
export interface ToolCase {
  readonly name: string;
  /** Commands that are run before, on the cluster node, with Pacemaker's own tools. */
  readonly before: readonly (readonly string[])[];
  readonly command: readonly string[];
  /** On top of PATH, HOME and LANG. */
  readonly env: Readonly<Record<string, string>>;
  /** What is printed is an accident: an assertion of the C code. */
  readonly onlyExitCode?: boolean;
  /** The order of what is printed is an accident too: of starts, or of names in a hash table. */
  readonly anyOrder?: boolean;
}

type Words = readonly string[];

/** A node attribute that is gone when the node restarts; the container's node unless another is named. */
const transient = (value: string, node = '@NODE@', name = '@A@'): Words[] => [
  ['attrd_updater', '-n', name, '-N', node, '-U', value],
];
const permanent = (value: string, node = '@NODE@'): Words[] => [
  ['crm_attribute', '-n', '@A@', '-N', node, '-l', 'forever', '-v', value],
];
const option = (value: string, ...more: string[]): Words[] => [
  ['crm_attribute', '-t', 'crm_config', '-n', '@A@', '-v', value, ...more],
];
const utilization = (value: string): Words[] => [
  ['crm_attribute', '-n', '@A@', '-N', '@NODE@', '-z', '-v', value],
];
const score = (value: string): Words[] => transient(value, '@NODE@', 'master-@A@');

/** What an agent's operation finds in its environment. */
const AGENT = {
  OCF_RESOURCE_INSTANCE: '@A@',
  OCF_RESKEY_CRM_meta_on_node: '@NODE@',
  OCF_RESKEY_crm_feature_set: '3.16.2',
} as const;
/** As the cluster names an instance of a unique clone. */
const INSTANCE = { ...AGENT, OCF_RESOURCE_INSTANCE: '@A@:0' } as const;

/** A command line by blanks; `''` is a word without a letter. */
const words = (line: string): Words => line.split(' ').map((word) => (word === "''" ? '' : word));

type Row = readonly [name: string, command: string | Words, before?: readonly Words[], env?: ToolCase['env']];

const cases = (table: readonly Row[]): ToolCase[] =>
  table.map(([name, line, before = [], env = {}]) => {
    const command = typeof line === 'string' ? words(line) : line;
    return { name, command, before, env, anyOrder: command.some((word) => ALL.includes(word)) };
  });

/** Asks for the values of all nodes. */
const ALL = ['-A', '--all', '-QA'];

const crmAttributeReboot = cases([
  ['reboot: set', 'crm_attribute -N @NODE@ -l reboot --name @A@ -v one'],
  ['reboot: set, long words', 'crm_attribute --node @NODE@ --lifetime reboot --name @A@ --update one'],
  ['reboot: set, words with =', 'crm_attribute --lifetime=reboot --name=@A@ --node=@NODE@ --update=12'],
  ['reboot: set nothing', 'crm_attribute --lifetime=reboot --name=@A@ --node=@NODE@ --update='],
  ['reboot: set nothing as a word of its own', "crm_attribute -l reboot -n @A@ -N @NODE@ -v ''"],
  ['reboot: change', 'crm_attribute -N @NODE@ -l reboot -n @A@ -v two', transient('one')],
  ['reboot: set for this node by itself', 'crm_attribute -n @A@ -v 1 -l reboot'],
  ['reboot: set for this node by itself, in an agent', 'crm_attribute -n @A@ -v 1 -l reboot', [], AGENT],
  ['reboot: set for another guest', 'crm_attribute -N @OTHER@ -l reboot -n @A@ -v x'],
  ['reboot: set for a cluster node', 'crm_attribute -N node1 -l reboot -n @A@ -v x'],
  ['reboot: set for a node that is not there', 'crm_attribute -N nobody -l reboot -n @A@ -v x'],
  ['reboot: query', 'crm_attribute -N @NODE@ -l reboot --name @A@ --query', transient('one')],
  ['reboot: query, quiet', 'crm_attribute -N @NODE@ -l reboot --name @A@ --query -q', transient('one')],
  ['reboot: query is the default', 'crm_attribute -N @NODE@ -l reboot -n @A@ --quiet', transient('one')],
  ['reboot: query -G', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G -q', transient('one')],
  ['reboot: query, options together', 'crm_attribute -N @NODE@ -l reboot -n @A@ -Gq', transient('one')],
  ['reboot: query for this node by itself', 'crm_attribute -n @A@ -l reboot -G', transient('one')],
  ['reboot: query of what is not there', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G'],
  ['reboot: quiet query of what is not there', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G -q'],
  ['reboot: query of an empty value', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G', transient('')],
  [
    'reboot: query of another guest',
    'crm_attribute -N @OTHER@ -l reboot -n @A@ -G',
    transient('x', '@OTHER@'),
  ],
  ['reboot: query of a cluster node', 'crm_attribute -N node1 -l reboot -n @A@ -G', transient('x', 'node1')],
  ['reboot: query of a node that is not there', 'crm_attribute -N nobody -l reboot -n @A@ -G'],
  ['reboot: default for what is not there', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G -d none'],
  ['reboot: default, quiet', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G --default none --quiet'],
  ['reboot: empty default', "crm_attribute -N @NODE@ -l reboot -n @A@ --query --quiet --default ''"],
  [
    'reboot: default where there is a value',
    'crm_attribute -N @NODE@ -l reboot -n @A@ -G -d none',
    transient('one'),
  ],
  ['reboot: delete', 'crm_attribute -N @NODE@ -l reboot --name @A@ -D', transient('one')],
  [
    'reboot: delete, long words',
    'crm_attribute --node=@NODE@ --lifetime=reboot --name=@A@ --delete',
    transient('one'),
  ],
  ['reboot: delete what is not there', 'crm_attribute -N @NODE@ -l reboot -n @A@ -D'],
  ['reboot: delete for this node by itself', 'crm_attribute -l reboot -n @A@ -D', transient('one')],
  ['status: set', 'crm_attribute -t status -N @NODE@ -n @A@ -v 1'],
  ['status: set for this node by itself', 'crm_attribute -t status -n @A@ -v 1'],
  ['status: query', 'crm_attribute -t status -N @NODE@ -n @A@ -G', transient('one')],
  [
    'older words: uname, attr-name, attr-value',
    'crm_attribute --uname @NODE@ --attr-name @A@ --attr-value 7 -l reboot',
  ],
  ['older words: get-value', 'crm_attribute -U @NODE@ -n @A@ --get-value -l reboot -Q', transient('one')],
  ['older words: delete-attr', 'crm_attribute -U @NODE@ -n @A@ --delete-attr -l reboot', transient('one')],
  [
    'reboot: a pattern set',
    'crm_attribute -N @NODE@ -l reboot -P ^@A@ -v new',
    [...transient('1'), ...transient('2', '@NODE@', '@A@-b')],
  ],
  [
    'reboot: a pattern deleted',
    'crm_attribute -N @NODE@ -l reboot --pattern ^@A@ -D',
    [...transient('1'), ...transient('2', '@NODE@', '@A@-b')],
  ],
  [
    'reboot: a pattern queried',
    'crm_attribute -N @NODE@ -l reboot -P ^@A@ -G',
    [...transient('1'), ...transient('2', '@NODE@', '@A@-b')],
  ],
  ['reboot: a pattern that nothing matches', 'crm_attribute -N @NODE@ -l reboot -P ^@A@ -G'],
  ['reboot: set, verbose', 'crm_attribute -V -N @NODE@ -l reboot -n @A@ -v 1'],
]);

const crmAttributeForever = cases([
  ['forever: set', 'crm_attribute -N @NODE@ -l forever --name @A@ -v rabbit@one'],
  [
    'forever: set, first words of azure-events',
    'crm_attribute -t nodes -N @NODE@ -n @A@ -v on --lifetime=forever',
  ],
  ['forever: set, of db2', 'crm_attribute -l forever --node=@NODE@ -n @A@ -v x'],
  ['forever: without lifetime', 'crm_attribute --node @NODE@ -n @A@ -v x'],
  ['forever: change', 'crm_attribute -N @NODE@ -l forever -n @A@ -v two', permanent('one')],
  ['forever: set for this node by itself', 'crm_attribute -l forever -n @A@ -v x'],
  ['forever: set for another guest', 'crm_attribute -N @OTHER@ -l forever -n @A@ -v x'],
  ['forever: set for a cluster node', 'crm_attribute -N node1 -l forever -n @A@ -v x'],
  ['forever: set for a node that is not there', 'crm_attribute -N nobody -l forever -n @A@ -v x'],
  [
    'forever: query, words of rabbitmq-cluster',
    'crm_attribute -N @NODE@ -l forever --query --name @A@ -q',
    permanent('one'),
  ],
  ['forever: query', 'crm_attribute -N @NODE@ -l forever -n @A@ -G', permanent('one')],
  [
    'forever: query for this node by itself, of db2',
    'crm_attribute -l forever -n @A@ -G --quiet',
    permanent('one'),
  ],
  ['forever: query without a command', 'crm_attribute -l forever -n @A@ -N @NODE@', permanent('one')],
  ['forever: query of what is not there', 'crm_attribute -N @NODE@ -l forever --query --name @A@ -q'],
  [
    'forever: query of a cluster node',
    'crm_attribute -N node1 -l forever -n @A@ -G -q',
    permanent('x', 'node1'),
  ],
  ['forever: default', 'crm_attribute -N @NODE@ -l forever -n @A@ -G -q -d 0'],
  ['forever: delete', 'crm_attribute -N @NODE@ -l forever -n @A@ -D', permanent('one')],
  ['forever: delete what is not there', 'crm_attribute -N @NODE@ -l forever -n @A@ -D'],
  ['type nodes: query, of Xen', 'crm_attribute --type nodes --node @NODE@ -n @A@ -G -q', permanent('one')],
  ['forever: a pattern set is refused', 'crm_attribute -N @NODE@ -l forever -P ^@A@ -v x'],
  ['forever: a pattern queried', 'crm_attribute -N @NODE@ -l forever -P ^@A@ -G', permanent('one')],
  ['forever: a set by name', 'crm_attribute -N @NODE@ -l forever -n @A@ -s set-@A@ -v 1'],
  ['forever: an id', 'crm_attribute -N @NODE@ -l forever -n @A@ -i id-@A@ -v 1'],
  [
    'forever: query by id alone',
    'crm_attribute -N @NODE@ -l forever -i nodes-@NODE@-@A@ -G',
    permanent('one'),
  ],
  ['utilization: set', 'crm_attribute -t nodes --node @NODE@ -z -n @A@ -v 8'],
  [
    'utilization: query, of NodeUtilization',
    'crm_attribute --quiet -t nodes --node @NODE@ -z -n @A@',
    utilization('8'),
  ],
  ['utilization: query', 'crm_attribute --node @NODE@ --utilization -n @A@ -G', utilization('8')],
  ['utilization: query of what is not there', 'crm_attribute --quiet -t nodes --node @NODE@ -z -n @A@'],
  ['utilization: delete', 'crm_attribute --node @NODE@ -z -n @A@ -D', utilization('8')],
]);

const crmAttributeConfig = cases([
  ['crm_config: set', 'crm_attribute --type crm_config --name @A@ -s set-@A@ -v one -q'],
  ['crm_config: set, default set', 'crm_attribute -t crm_config -n @A@ -v one'],
  [
    'crm_config: set with bars, of mysql',
    'crm_attribute --type crm_config --name @A@ -s set-@A@ -v host|binlog.000001|4',
  ],
  [
    'crm_config: change',
    'crm_attribute --type crm_config --name @A@ -s set-@A@ -v two -q',
    option('one', '-s', 'set-@A@'),
  ],
  [
    'crm_config: query',
    'crm_attribute --type crm_config --name @A@ -s set-@A@ --query -q',
    option('one', '-s', 'set-@A@'),
  ],
  ['crm_config: query, default set', 'crm_attribute -t crm_config -n @A@ -G', option('one')],
  [
    'crm_config: query in a set where it is not',
    'crm_attribute -t crm_config -n @A@ -s set-@A@ -G',
    option('one'),
  ],
  [
    'crm_config: query of what is in two sets',
    'crm_attribute -t crm_config -n @A@ -G',
    [...option('one', '-s', 'set-@A@'), ...option('two', '-s', 'other-@A@')],
  ],
  [
    'crm_config: query of what is not there',
    'crm_attribute --type crm_config --name @A@ -s set-@A@ --query -q',
  ],
  [
    'crm_config: an option of the cluster',
    'crm_attribute --type=crm_config --name=stonith-enabled --query --quiet --default=true',
  ],
  ['crm_config: default', 'crm_attribute --type=crm_config --name=@A@ --query --quiet --default=true'],
  ['crm_config: query, of controld', 'crm_attribute --type=crm_config --name=no-quorum-policy --query'],
  ['crm_config: delete', 'crm_attribute -t crm_config -n @A@ -D', option('one')],
  ['crm_config: delete what is not there', 'crm_attribute -t crm_config -n @A@ -D'],
  ['crm_config: without a type', 'crm_attribute -n @A@ -G -q', option('one')],
  ['crm_config: set without a type', 'crm_attribute -n @A@ -v 1'],
  ['rsc_defaults: set', 'crm_attribute -t rsc_defaults -n @A@ -v 1'],
  [
    'rsc_defaults: query',
    'crm_attribute -t rsc_defaults -n @A@ -G',
    [['crm_attribute', '-t', 'rsc_defaults', '-n', '@A@', '-v', '1']],
  ],
  ['op_defaults: set', 'crm_attribute -t op_defaults -n @A@ -v 1'],
  ['tickets: set', 'crm_attribute -t tickets -n @A@ -v true'],
  ['tickets: query of what is not there', 'crm_attribute -t tickets -n @A@ -G'],
]);

const crmAttributeScore = cases([
  ['score: set, of Stateful', 'crm_attribute --promotion -v 10', [], AGENT],
  ['score: set -p', 'crm_attribute -p -v 10', [], AGENT],
  ['score: set for an instance of a clone', 'crm_attribute -p -v 10', [], INSTANCE],
  ['score: set for a node, of galera', 'crm_attribute -p -N @OTHER@ -v 100', [], AGENT],
  ['score: set, options the other way round, of mariadb', 'crm_attribute -p -v 100 -N @NODE@', [], AGENT],
  ['score: set for a resource by name', 'crm_attribute --promotion=@A@ -v 7'],
  ['score: set for a resource by name, short', 'crm_attribute -p@A@ -v 7'],
  ['score: a resource as a word of its own', 'crm_attribute -p @A@ -v 7'],
  ['score: INFINITY', 'crm_attribute -p -v INFINITY', [], AGENT],
  ['score: -INFINITY', 'crm_attribute -p -v -INFINITY', [], AGENT],
  ['score: negative', 'crm_attribute -p -v -10', [], AGENT],
  ['score: forever', 'crm_attribute -p -l forever -v 5', [], AGENT],
  ['score: no number', 'crm_attribute -p -v much', [], AGENT],
  ['score: query', 'crm_attribute -p -G', score('10'), AGENT],
  ['score: query, quiet', 'crm_attribute -p -G -q', score('10'), AGENT],
  ['score: query for a node, of mariadb', 'crm_attribute -p -G -N @NODE@', score('10'), AGENT],
  ['score: query without a command', 'crm_attribute -p', score('10'), AGENT],
  ['score: query of what is not there', 'crm_attribute -p -G -q', [], AGENT],
  ['score: delete, of Stateful', 'crm_attribute --promotion -D', score('10'), AGENT],
  ['score: delete for a node', 'crm_attribute -p -D -N @NODE@', score('10'), AGENT],
  ['score: delete what is not there', 'crm_attribute -p -D', [], AGENT],
  ['score: outside of an agent', 'crm_attribute -p -v 10'],
]);

const crmMaster = cases([
  ['master: set', 'crm_master -l reboot -v 5', [], AGENT],
  ['master: set for a node, of redis', 'crm_master -N @NODE@ -l reboot -v 101', [], AGENT],
  ['master: set, quiet, of conntrackd', 'crm_master -Q -l reboot -v 1000', [], AGENT],
  ['master: set, of SAPInstance', 'crm_master -v INFINITY -l reboot', [], AGENT],
  ['master: set for an instance of a clone', 'crm_master -l reboot -v 5', [], INSTANCE],
  ['master: set, long words', 'crm_master --update 5 --node @NODE@ --lifetime reboot --resource @A@'],
  ['master: set, words with =', 'crm_master --update=5 --node=@NODE@ --lifetime=reboot', [], AGENT],
  ['master: set for a resource by name', 'crm_master -r @A@ -l reboot -v 5'],
  ['master: negative', 'crm_master -l reboot -v -10', [], AGENT],
  ['master: without lifetime it is for ever', 'crm_master -v 5', [], AGENT],
  ['master: query, of redis', 'crm_master -N @NODE@ -l reboot -G --quiet', score('10'), AGENT],
  ['master: query', 'crm_master -l reboot -G', score('10'), AGENT],
  ['master: query of what is not there', 'crm_master -N @NODE@ -l reboot -G --quiet', [], AGENT],
  ['master: delete, of redis', 'crm_master -N @NODE@ -l reboot -D', score('10'), AGENT],
  ['master: delete what is not there', 'crm_master -N @NODE@ -l reboot -D', [], AGENT],
  ['master: older words', 'crm_master -U @NODE@ -l reboot --attr-value 5', [], AGENT],
  ['master: no resource', 'crm_master -l reboot -v 5'],
  ['master: unknown option', 'crm_master --wrong', [], AGENT],
  ['master: missing value', 'crm_master -l reboot -v', [], AGENT],
  ['master: nothing', 'crm_master', [], AGENT],
  ['master: help', 'crm_master --help'],
]);

const attrdUpdater = cases([
  ['updater: set', 'attrd_updater -n @A@ -U red'],
  ['updater: set -v, of ethmonitor', 'attrd_updater -n @A@ -v 1'],
  ['updater: set, long words', 'attrd_updater --name @A@ --update red'],
  ['updater: set, words with =', 'attrd_updater --name=@A@ --update=red --node=@NODE@'],
  ['updater: set for a node', 'attrd_updater -n @A@ -N @NODE@ -U red'],
  ['updater: set for another guest', 'attrd_updater -n @A@ -N @OTHER@ -U red'],
  ['updater: set for a cluster node', 'attrd_updater -n @A@ -N node1 -U red'],
  ['updater: set for a node that is not there', 'attrd_updater -n @A@ -N nobody -U red'],
  ['updater: set with a delay, of HealthCPU', 'attrd_updater -n #@A@ -U green -d 30s'],
  ['updater: set with a delay of seconds, of ping', 'attrd_updater -n @A@ -v 1000 -d 5'],
  ['updater: set both, of ping', 'attrd_updater -n @A@ -B 1000 -d 5s'],
  ['updater: set both, long words', 'attrd_updater --name @A@ --update-both 1000 --delay 1'],
  ['updater: set both without a delay, of SysInfo', 'attrd_updater -S status -n @A@ -B 1000'],
  ['updater: set both with a delay that is none', 'attrd_updater -n @A@ -B 1 -d soon'],
  ['updater: delay alone', 'attrd_updater -n @A@ -Y -d 3', transient('one')],
  ['updater: delay alone, of what is not there', 'attrd_updater -n @A@ -Y -d 3'],
  ['updater: delay alone without a delay', 'attrd_updater -n @A@ -Y', transient('one')],
  ['updater: set in a section, of machine-info', 'attrd_updater -S status -n @A@ -v 5'],
  ['updater: delete in a section, of machine-info', 'attrd_updater -D -S state -n @A@', transient('5')],
  ['updater: set with delay words first, of SysInfo', 'attrd_updater -d 30s -S status -n @A@ -v 5'],
  ['updater: set with a lifetime', 'attrd_updater -n @A@ -U 5 -l reboot'],
  ['updater: set in a set', 'attrd_updater -n @A@ -U 5 -s set-@A@'],
  ['updater: set private, of mariadb', 'attrd_updater -p -n @A@ -U 0-1-2'],
  ['updater: set private, of rabbitmq-server-ha', 'attrd_updater -p --name @A@ --node @NODE@ --update 3'],
  [
    'updater: query private, of rabbitmq-server-ha',
    'attrd_updater -p --name @A@ --node @NODE@ --query',
    [['attrd_updater', '-p', '-n', '@A@', '-N', '@NODE@', '-U', '3']],
  ],
  [
    'updater: query private of this node, of mariadb',
    'attrd_updater -p -n @A@ -Q',
    [['attrd_updater', '-p', '-n', '@A@', '-N', '@NODE@', '-U', '3']],
  ],
  ['updater: query', 'attrd_updater -n @A@ -Q', transient('one')],
  ['updater: query, long words', 'attrd_updater --name @A@ --query', transient('one')],
  ['updater: query of a node', 'attrd_updater --query -n @A@ -N @NODE@', transient('one')],
  ['updater: query of another guest', 'attrd_updater -Q -n @A@ -N @OTHER@', transient('x', '@OTHER@')],
  ['updater: query of a cluster node', 'attrd_updater -Q -n @A@ -N node1', transient('x', 'node1')],
  ['updater: query of a node that is not there', 'attrd_updater -Q -n @A@ -N nobody', transient('one')],
  ['updater: query of a node that has none', 'attrd_updater -Q -n @A@ -N @OTHER@', transient('one')],
  ['updater: query of this node, which has none', 'attrd_updater -Q -n @A@', transient('x', '@OTHER@')],
  ['updater: query of what is not there', 'attrd_updater -n @A@ -Q'],
  [
    'updater: query of all',
    'attrd_updater -n @A@ -Q -A',
    [...transient('one'), ...transient('two', 'node1')],
  ],
  [
    'updater: query of all, long words',
    'attrd_updater -n @A@ -Q --all',
    [...transient('one'), ...transient('two', 'node1')],
  ],
  [
    'updater: query of all, options together',
    'attrd_updater -QA -n @A@',
    [...transient('one'), ...transient('two', '@OTHER@')],
  ],
  ['updater: query of all of what is not there', 'attrd_updater -n @A@ -Q -A'],
  ['updater: query, quiet', 'attrd_updater -n @A@ -Q -q', transient('one')],
  [
    'updater: query of a value with spaces and quotes',
    'attrd_updater -n @A@ -Q',
    transient('a "b" \'c\' <d> & e'),
  ],
  ['updater: delete', 'attrd_updater -D -n @A@', transient('one')],
  ['updater: delete with a delay, of ping', 'attrd_updater -D -n @A@ -d 5s', transient('one')],
  ['updater: delete for a node, of mariadb', 'attrd_updater -n @A@ -N @NODE@ -D', transient('one')],
  ['updater: delete, long words', 'attrd_updater --delete --name=@A@ --node=@NODE@', transient('one')],
  ['updater: delete what is not there', 'attrd_updater -D -n @A@'],
  ['updater: set what there is already', 'attrd_updater -n @A@ -U one', transient('one')],
  ['updater: add one', 'attrd_updater -n @A@ -U value++', transient('4')],
  ['updater: add five', 'attrd_updater -n @A@ -U value+=5', transient('4')],
  ['updater: add to what is not there', 'attrd_updater -n @A@ -U value++'],
  ['updater: refresh', 'attrd_updater -R'],
  ['updater: refresh with a name', 'attrd_updater -R -n @A@'],
  ['updater: set nothing', "attrd_updater -n @A@ -U ''"],
]);

const crmNode = cases([
  ['node: name', 'crm_node -n'],
  ['node: name, long word', 'crm_node --name'],
  ['node: name, in an agent', 'crm_node -n', [], AGENT],
  ['node: list', 'crm_node -l'],
  ['node: list, long word', 'crm_node --list'],
  ['node: list and partition, of rabbitmq-server-ha', 'crm_node -l -p'],
  ['node: partition', 'crm_node -p'],
  ['node: partition, long word', 'crm_node --partition'],
  ['node: quorum', 'crm_node -q'],
  ['node: quorum, long word', 'crm_node --quorum'],
  ['node: partition and quorum', 'crm_node -p -q'],
  ['node: id', 'crm_node -i'],
  ['node: id, long word', 'crm_node --cluster-id'],
  ['node: name of an id', 'crm_node -N 1'],
  ['node: name of an id, long word', 'crm_node --name-for-id=2'],
  ['node: name of an id that is not there', 'crm_node -N 99'],
  ['node: name of what is no id', 'crm_node -N x'],
  ['node: quiet', 'crm_node -n -Q'],
  ['node: quorum as XML', 'crm_node -q --output-as=xml'],
  ['node: name as XML', 'crm_node -n --output-as=xml'],
  ['node: nothing', 'crm_node'],
  ['node: unknown option', 'crm_node --wrong'],
  ['node: missing value', 'crm_node -N'],
  ['node: a word too many', 'crm_node -n word'],
]);

/** Values that break what is not quoted. */
const VALUES: readonly (readonly [string, string])[] = [
  ['spaces', '  two  words '],
  ['quotes', `it's "quoted"`],
  ['XML', '<a b="c">&amp;</a>'],
  ['UTF-8', 'größe ✓ 日本'],
  ['a new line', 'one\ntwo'],
  ['a tabulator', 'one\ttwo'],
  ['a shell’s signs', '$(id) `id` ; | * \\n'],
  ['an equals sign', 'a=b'],
  ['a minus in front', '-v'],
  ['5,000 characters', '@LONG@'],
];
const values = VALUES.flatMap(([what, value]) =>
  cases([
    [`value with ${what}: reboot`, [...words('crm_attribute -N @NODE@ -l reboot -n @A@ -v'), value]],
    [`value with ${what}: crm_config`, [...words('crm_attribute -t crm_config -n @A@ -v'), value]],
    [`value with ${what}: attrd_updater`, [...words('attrd_updater -n @A@ -U'), value]],
    [
      `value with ${what}: query reboot`,
      'crm_attribute -N @NODE@ -l reboot -n @A@ -G -q',
      [['attrd_updater', '-n', '@A@', '-N', '@NODE@', `--update=${value}`]],
    ],
    [
      `value with ${what}: query crm_config`,
      'crm_attribute -t crm_config -n @A@ -G',
      [['crm_attribute', '-t', 'crm_config', '-n', '@A@', `--update=${value}`]],
    ],
    [
      `value with ${what}: query attrd_updater`,
      'attrd_updater -n @A@ -Q',
      [['attrd_updater', '-n', '@A@', '-N', '@NODE@', `--update=${value}`]],
    ],
  ]),
);

const mistakes = cases([
  ['crm_attribute: delete without a name', 'crm_attribute -N @NODE@ -l reboot -D'],
  ['crm_attribute: unknown option', 'crm_attribute --wrong'],
  ['crm_attribute: unknown short option', 'crm_attribute -X'],
  ['crm_attribute: name without a value', 'crm_attribute -n'],
  ['crm_attribute: update without a value', 'crm_attribute -N @NODE@ -l reboot -n @A@ -v'],
  ['crm_attribute: unknown lifetime', 'crm_attribute -N @NODE@ -l sometimes -n @A@ -v 1'],
  ['crm_attribute: unknown type', 'crm_attribute -t somewhere -n @A@ -v 1'],
  ['crm_attribute: unknown type, query', 'crm_attribute -t somewhere -n @A@ -G'],
  ['crm_attribute: update and delete', 'crm_attribute -N @NODE@ -l reboot -n @A@ -v 1 -D'],
  ['crm_attribute: delete and update', 'crm_attribute -N @NODE@ -l reboot -n @A@ -D -v 1'],
  ['crm_attribute: a name twice', 'crm_attribute -N @NODE@ -l reboot -n first -n @A@ -v 1'],
  ['crm_attribute: a word too many', 'crm_attribute -N @NODE@ -l reboot -n @A@ -v 1 more'],
  ['crm_attribute: name and pattern', 'crm_attribute -N @NODE@ -l reboot -n @A@ -P @A@ -G'],
  ['crm_attribute: default with an update', 'crm_attribute -N @NODE@ -l reboot -n @A@ -v 1 -d 2'],
  ['crm_attribute: a pattern that is none', 'crm_attribute -N @NODE@ -l reboot -P (@A@ -v 1'],
  ['attrd_updater: nothing', 'attrd_updater'],
  ['attrd_updater: no command', 'attrd_updater -n @A@'],
  ['attrd_updater: no name', 'attrd_updater -U 1'],
  ['attrd_updater: query without a name', 'attrd_updater -Q'],
  ['attrd_updater: unknown option', 'attrd_updater --wrong'],
  ['attrd_updater: update without a value', 'attrd_updater -n @A@ -U'],
  ['attrd_updater: update and delete', 'attrd_updater -n @A@ -U 1 -D'],
  ['attrd_updater: a word too many', 'attrd_updater -n @A@ -U 1 more'],
  ['attrd_updater: a delay that is none', 'attrd_updater -n @A@ -U 1 -d soon'],
  ['attrd_updater: unknown format', 'attrd_updater -n @A@ -Q --output-as=html'],
  ['crm_attribute: unknown format', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G --output-as=html'],
]);

const formats = cases([
  ['XML: reboot query', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G --output-as=xml', transient('one')],
  [
    'XML: reboot query, words apart',
    'crm_attribute -N @NODE@ -l reboot -n @A@ -G --output-as xml',
    transient('a <b> "c"'),
  ],
  ['XML: forever query', 'crm_attribute -N @NODE@ -l forever -n @A@ -G --output-as=xml', permanent('one')],
  ['XML: query of what is not there', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G --output-as=xml'],
  ['XML: default', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G -d x --output-as=xml'],
  ['XML: set', 'crm_attribute -N @NODE@ -l reboot -n @A@ -v 1 --output-as=xml'],
  ['XML: crm_config query', 'crm_attribute -t crm_config -n @A@ -G --output-as=xml', option('one')],
  ['XML: usage error', 'crm_attribute --wrong --output-as=xml'],
  ['XML: updater query', 'attrd_updater -n @A@ -Q --output-as=xml', transient('one')],
  [
    'XML: updater query of all',
    'attrd_updater -n @A@ -QA --output-as=xml',
    [...transient('one'), ...transient('two', 'node1')],
  ],
  ['XML: updater query of what is not there', 'attrd_updater -n @A@ -Q --output-as=xml'],
  ['XML: updater set', 'attrd_updater -n @A@ -U 1 --output-as=xml'],
  ['text by name', 'crm_attribute -N @NODE@ -l reboot -n @A@ -G --output-as=text', transient('one')],
  ['crm_attribute: version', 'crm_attribute --version'],
  ['attrd_updater: version', 'attrd_updater --version'],
  ['crm_node: version', 'crm_node --version'],
]);

export const TOOL_CASES: readonly ToolCase[] = [
  ...crmAttributeReboot,
  ...crmAttributeForever,
  ...crmAttributeConfig,
  ...crmAttributeScore,
  ...crmMaster,
  ...attrdUpdater,
  ...crmNode,
  ...values,
  ...mistakes,
  ...formats,
  ...cases([['crm_attribute: no name', 'crm_attribute -N @NODE@ -l reboot -v 1']]).map((one) => ({
    ...one,
    onlyExitCode: true,
  })),
];

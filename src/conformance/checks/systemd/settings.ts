import type { Check } from '../../check.ts';
import { declaredTimeoutMs } from '../../declared.ts';
import { shellWord } from '../../shell-words.ts';
import type { Trial } from '../../trial.ts';
import { timeSpanMs } from './time-span.ts';
import { fromStopped, started, Unit } from './unit.ts';

/** States of a unit's file that have systemd start it by itself. */
const ENABLED: ReadonlySet<string> = new Set(['enabled', 'enabled-runtime']);
/** Relations in which one unit's start or stop is another's, too. */
const BINDING = [
  'Requires',
  'Requisite',
  'BindsTo',
  'PartOf',
  'RequiredBy',
  'BoundBy',
  'ConsistsOf',
] as const;
/** Services of the system itself: nobody has a cluster run them. */
const OF_SYSTEM = /^(?:systemd-.*|dbus(?:-.*)?|user@.*|emergency|rescue)\.service$/;
/** Lines of systemd-analyze in a message. */
const LINES_LIMIT = 5;

/** What a unit's file says. */
export const SETTING_CHECKS: readonly Check[] = [
  {
    id: 'SD-01',
    class: 'systemd',
    level: 'must',
    title: 'the unit is loaded, and nothing in it is unknown to systemd',
    why: 'A unit with a bad setting is not started at all, or runs without what the setting was for: a time limit, a user.',
    source: 'org.freedesktop.systemd1(5), LoadState; systemd-analyze(1), verify',
    remedy: 'Correct what systemd-analyze verify says of it; unmask it with systemctl unmask.',
    needs: ['processes'],
    run: verify,
  },
  {
    id: 'SD-05',
    class: 'systemd',
    level: 'should',
    title: 'only the cluster starts it: it is not enabled, has no Restart=, and no other unit triggers it',
    why: "What systemd starts at boot or by a socket, path or timer runs where the cluster does not know of it, and perhaps twice. The cluster's drop-in takes Restart= back only while the cluster runs it.",
    source: 'Pacemaker Explained, systemd resources: must not be enabled; systemd.service(5), Restart=',
    remedy: 'Run systemctl disable for the unit and for what triggers it; put Restart=no into a drop-in.',
    needs: ['processes'],
    run: expectCluster,
  },
  {
    id: 'SD-06',
    class: 'systemd',
    level: 'should',
    title: 'its Type= tells when it is ready, and active means that it runs',
    why: 'With Type=simple start has succeeded before the program has done anything: what depends on it is started too early, and a start that fails looks like a crash. A unit that runs once and remains is active whatever happens.',
    source: 'systemd.service(5), Type= and RemainAfterExit=',
    remedy: 'Use Type=notify, dbus or forking with PIDFile=, at least exec.',
    needs: ['processes'],
    run: judgeType,
  },
  {
    id: 'SD-07',
    class: 'systemd',
    level: 'should',
    title: "systemd gives up before the cluster does, and ends all of the unit's processes",
    why: 'Where the cluster gives up first it does not know what systemd still does: a start may succeed after the cluster has stopped waiting for it. KillMode=none and process leave processes behind.',
    source: 'systemd.service(5), TimeoutStartSec= and TimeoutStopSec=; systemd.kill(5), KillMode=',
    remedy:
      'Set TimeoutStartSec= and TimeoutStopSec= below the timeouts of the actions in the cluster, or those above them; KillMode=control-group or mixed.',
    needs: ['processes'],
    run: judgeTimes,
  },
  {
    id: 'SD-09',
    class: 'systemd',
    level: 'should',
    title: 'no other service is started or stopped with it',
    why: "systemd follows Requires=, BindsTo= and PartOf= at once, whatever the cluster wants. If the other service is the cluster's, too, each of them is stopped behind its back, and counts as failed.",
    source: 'systemd.unit(5), Requires=, BindsTo= and PartOf=; Pacemaker Explained: constraints',
    remedy:
      'Say it to the cluster, by a group or by constraints of order and colocation, and leave After= in the unit.',
    needs: ['processes'],
    run: expectAlone,
  },
];

async function verify(trial: Trial): Promise<void> {
  const unit = await fromStopped(trial);
  const { LoadState, FragmentPath, DropInPaths } = await unit.show(
    'LoadState',
    'FragmentPath',
    'DropInPaths',
  );
  if (LoadState !== 'loaded') {
    trial.fail({ expected: `systemd to load ${unit.name}`, seen: LoadState });
    return;
  }
  const { code, output } = await trial.place.sh(
    `command -v systemd-analyze >/dev/null || exit 127; systemd-analyze --man=no verify -- ${shellWord(unit.name)} 2>&1`,
  );
  if (code === 127) {
    trial.note('There is no systemd-analyze here: its settings were not verified');
    return;
  }
  // It tells of all units that this one needs, too.
  const own = [
    `${unit.name}:`,
    ...[FragmentPath, ...DropInPaths.split(' ')].filter(Boolean).map((path) => `${path}:`),
  ];
  const lines = output.split('\n').filter((line) => own.some((start) => line.startsWith(start)));
  if (lines.length > 0) {
    const seen = lines.slice(0, LINES_LIMIT).join('; ');
    trial.fail({ expected: 'systemd-analyze verify to say nothing of it', seen });
  }
}

async function expectCluster(trial: Trial): Promise<void> {
  const stopped = await fromStopped(trial);
  // Now: while the cluster runs it its drop-in hides what the unit says.
  const { UnitFileState, Restart } = await stopped.show('UnitFileState', 'Restart');
  if (ENABLED.has(UnitFileState)) {
    trial.fail({ expected: 'a unit that is not enabled', seen: UnitFileState });
  }
  if (Restart !== '' && Restart !== 'no') {
    trial.fail({ expected: 'no Restart= in the unit', seen: `Restart=${Restart}` });
  }
  // A socket may come up with its service.
  const unit = await started(trial);
  const { TriggeredBy } = await unit.show('TriggeredBy');
  for (const name of TriggeredBy.split(' ').filter(Boolean)) {
    const trigger = await unit.showOf(name, 'ActiveState', 'UnitFileState');
    if (trigger.ActiveState === 'active' || ENABLED.has(trigger.UnitFileState)) {
      const seen = `${name}: ${trigger.ActiveState}, ${trigger.UnitFileState}`;
      trial.fail({ expected: 'no unit in use that starts it behind the cluster', seen });
    }
  }
}

async function judgeType(trial: Trial): Promise<void> {
  const unit = new Unit(trial);
  if (!unit.isService) {
    trial.skip('Only services have a type');
  }
  const { Type, PIDFile, RemainAfterExit } = await unit.show('Type', 'PIDFile', 'RemainAfterExit');
  const expected = 'a type that tells when it is ready';
  switch (Type) {
    case 'simple':
    case 'idle':
      trial.fail({ expected, seen: `Type=${Type}` });
      break;
    case 'forking':
      if (PIDFile === '') {
        trial.fail({
          expected: 'PIDFile= with Type=forking',
          seen: 'none: systemd guesses the main process',
        });
      }
      break;
    case 'oneshot': {
      const seen =
        RemainAfterExit === 'yes'
          ? 'Type=oneshot with RemainAfterExit=yes: it is active whatever happens'
          : 'Type=oneshot: it is never active once it has run';
      trial.fail({ expected: 'to be active while something runs, and only then', seen });
      break;
    }
  }
}

async function judgeTimes(trial: Trial): Promise<void> {
  const unit = new Unit(trial);
  if (!unit.isService) {
    trial.skip('Only of services these settings are looked at');
  }
  const shown = await unit.show('TimeoutStartUSec', 'TimeoutStopUSec', 'KillMode');
  for (const [action, text] of [
    ['start', shown.TimeoutStartUSec],
    ['stop', shown.TimeoutStopUSec],
  ] as const) {
    const limitMs = declaredTimeoutMs(trial.subject, action);
    const ownMs = timeSpanMs(text);
    if (ownMs === undefined || ownMs >= limitMs) {
      const setting = action === 'start' ? 'TimeoutStartSec' : 'TimeoutStopSec';
      const expected = `${setting} below the ${limitMs / 1000} s that a cluster gives ${action} by default`;
      trial.fail({ expected, seen: text });
    }
  }
  if (shown.KillMode === 'none' || shown.KillMode === 'process') {
    trial.fail({ expected: 'KillMode=control-group or mixed', seen: `KillMode=${shown.KillMode}` });
  }
}

async function expectAlone(trial: Trial): Promise<void> {
  const shown = await new Unit(trial).show(...BINDING);
  for (const relation of BINDING) {
    const services = shown[relation]
      .split(' ')
      .filter((name) => name.endsWith('.service') && !OF_SYSTEM.test(name));
    if (services.length > 0) {
      const seen = `${relation}: ${services.join(', ')}`;
      trial.fail({ expected: 'no service that systemd starts or stops with it', seen });
    }
  }
}

/** An agent of `test/fixtures/conformance` with one fault, and the checks that must find it. */
export interface Seed {
  readonly name: string;
  readonly checks: readonly [string, ...string[]];
  /** What is in the finding of each of them: `EXPECTED, got SEEN`. */
  readonly words: RegExp;
}

/** One row for each; the fault itself is told by the first lines of the agent. */
export const SEEDS: readonly Seed[] = [
  { name: 'meta-needs-params', checks: ['META-01'], words: /meta-data/ },
  { name: 'meta-not-xml', checks: ['META-02'], words: /XML|document|element/ },
  { name: 'meta-noise-before', checks: ['META-02'], words: /XML|document|before/ },
  { name: 'meta-unknown-element', checks: ['META-03'], words: /procedure/ },
  { name: 'meta-no-lang', checks: ['META-03'], words: /lang/ },
  { name: 'meta-needs-root', checks: ['META-04'], words: /meta-data/ },
  { name: 'meta-no-monitor', checks: ['META-06'], words: /monitor/ },
  { name: 'meta-wrong-name', checks: ['META-07'], words: /lighthouse/ },
  { name: 'meta-advertises-missing', checks: ['META-08', 'MIG-01'], words: /migrate_(to|from)/ },
  { name: 'reload-agent-3', checks: ['META-08'], words: /reload-agent/ },
  { name: 'validate-misses-required', checks: ['PAR-02'], words: /port/ },
  { name: 'validate-accepts-bad-int', checks: ['PAR-03'], words: /port/ },
  { name: 'space-in-param', checks: ['PAR-05'], words: /text/ },
  { name: 'eval-param', checks: ['PAR-06'], words: /text/ },
  { name: 'needs-ocf-action-var', checks: ['PAR-08'], words: /__OCF_ACTION/ },
  { name: 'monitor-always-0', checks: ['ACT-01'], words: /monitor.* stopped .* give 7, got 0/ },
  { name: 'monitor-stopped-1', checks: ['ACT-01'], words: /monitor.* stopped .* give 7, got 1/ },
  { name: 'monitor-starts-it', checks: ['ACT-01'], words: /no process behind/ },
  { name: 'unknown-action-0', checks: ['ACT-02'], words: /give 3, got 0/ },
  { name: 'unknown-action-1', checks: ['ACT-02'], words: /give 3, got 1/ },
  { name: 'stop-not-idempotent', checks: ['ACT-03'], words: /stop .* give 0, got 1/ },
  { name: 'stop-when-stopped-7', checks: ['ACT-03'], words: /stop .* give 0, got 7/ },
  { name: 'start-returns-early', checks: ['ACT-04'], words: /right after start .*, got 7/ },
  { name: 'start-not-idempotent', checks: ['ACT-05'], words: /start of a running resource .*, got 1/ },
  { name: 'no-exit-reason', checks: ['ACT-11'], words: /without one/ },
  { name: 'stdout-noise', checks: ['ACT-12'], words: /standard output/ },
  { name: 'monitor-ignores-crash', checks: ['FAIL-01'], words: /monitor after kill -9 .*, got 0/ },
  { name: 'probe-not-installed-1', checks: ['INST-01'], words: /beacon .*, got 1/ },
  { name: 'missing-binary-1', checks: ['INST-02'], words: /start without .*beacon .*, got 1/ },
  { name: 'fixed-pidfile', checks: ['CONC-01'], words: /first/ },
  { name: 'two-starts-race', checks: ['CONC-02'], words: /as many processes as after one start/ },
  {
    name: 'stop-leaves-process',
    checks: ['LEFT-01'],
    words: /no process of it after stop, got .*beacon serve/,
  },
  {
    name: 'stop-leaves-child',
    checks: ['LEFT-01'],
    words: /no process of it after stop, got .*beacon serve/,
  },
  { name: 'leaks-process', checks: ['LEFT-02'], words: /after 20 monitors, got .*sleep 1000/ },
  { name: 'leaks-file', checks: ['LEFT-03'], words: /beacon-monitor/ },
  { name: 'daemon-holds-stdout', checks: ['LEFT-05'], words: /output closed/ },
  { name: 'slow-monitor', checks: ['TIME-01'], words: /end of monitor/ },
  { name: 'stop-hangs', checks: ['TIME-01'], words: /end of stop/ },
  { name: 'promote-not-seen', checks: ['PROM-01'], words: /monitor right after promote .*, got 0/ },
  { name: 'demote-fails', checks: ['PROM-01'], words: /demote .*, got 1/ },
  { name: 'notify-fails', checks: ['NOT-01'], words: /notify .*, got 1/ },
  { name: 'check-level-error', checks: ['LVL-01'], words: /monitor at level .*, got 6/ },
];

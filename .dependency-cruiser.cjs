// The layer rules of docs/architecture.md: imports go down only, and a risky package stays in one room.
// Rooms from the top down; a room may import itself, the rooms of lower rows, and nothing beside or above it.
const rows = [
  ['cli', 'main'],
  ['solo', 'conformance', 'doctor'],
  ['control'],
  ['session', 'proxy', 'client'],
  ['executor'],
  ['standards'],
  ['process'],
  ['transport', 'ipc'],
  ['protocol', 'wire'],
  ['config'],
  ['observe'],
  ['native'],
  ['errors'],
];

// One package, one room (style-anchors, rule 15).
const packages = {
  koffi: 'native',
  execa: 'process',
  winston: 'observe',
  'winston-transport': 'observe',
  tsyringe: 'main',
  'reflect-metadata': 'main',
  saxes: 'protocol',
  'dbus-native': 'standards/systemd',
  'node-ipc': 'control',
  protobufjs: 'control',
  commander: 'cli',
  yaml: 'conformance|cli',
};

const room = (names) => `^src/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    ...rows.flatMap((row, index) =>
      row.map((name) => ({
        name: `${name}-imports-downwards`,
        severity: 'error',
        from: { path: room([name]) },
        to: {
          path: '^src/',
          pathNot: room([name, ...rows.slice(index + 1).flat()]),
        },
      })),
    ),
    ...Object.entries(packages).map(([name, owner]) => ({
      name: `${name}-only-in-${owner}`,
      severity: 'error',
      from: { path: '^src/', pathNot: room([owner]) },
      to: { path: `node_modules/${name}/` },
    })),
    {
      name: 'pure-rooms-do-no-io',
      comment: 'wire, protocol, executor and errors are pure: no sockets, files or processes',
      severity: 'error',
      from: { path: room(['wire', 'protocol', 'executor', 'errors']) },
      to: { dependencyTypes: ['core'], path: '^(node:)?(fs|net|tls|child_process|dgram|http|https|os)(/|$)' },
    },
    {
      name: 'executor-knows-no-wire',
      comment: 'the executor has objects only: no sockets, no XML',
      severity: 'error',
      from: { path: room(['executor', 'standards', 'process']) },
      to: { path: room(['protocol', 'wire', 'transport', 'ipc']) },
    },
    {
      name: 'certificates-load-lazily',
      comment: 'a daemon that authenticates by key must not pay for certificates',
      severity: 'error',
      from: { path: '^src/', pathNot: 'certificate|x509' },
      to: {
        path: '^src/(native/(gnutls-certificates|gnutls-x509-library|certificate-status)|transport/(client-)?certificate)',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'agents-know-no-daemon',
      comment: 'an agent is a module of its own: a process, or loaded by the daemon',
      severity: 'error',
      from: { path: '^agents/' },
      to: { path: '^src/' },
    },
    {
      name: 'kit-knows-no-agents',
      severity: 'error',
      from: { path: '^agents/kit/' },
      to: { path: '^agents/', pathNot: '^agents/kit/' },
    },
    {
      name: 'agents-know-no-others',
      comment: 'their own folder and the kit; trouble/ is what the two test agents share',
      severity: 'error',
      from: { path: '^agents/(?!kit/)([^/]+)/' },
      to: { path: '^agents/', pathNot: ['^agents/kit/', '^agents/$1/', '^agents/trouble/'] },
    },
    {
      name: 'trouble-for-test-agents-only',
      severity: 'error',
      from: { path: '^agents/', pathNot: '^agents/(trouble|dummy|stateful)/' },
      to: { path: '^agents/trouble/' },
    },
    {
      name: 'agents-import-the-kit-by-its-face',
      severity: 'error',
      from: { path: '^(agents/(?!kit/)|examples/agent/)' },
      to: { path: '^agents/kit/', pathNot: '^agents/kit/index.ts$' },
    },
    {
      name: 'daemon-loads-agents-late',
      comment: 'types of the kit only: modules are loaded from their files when they are needed',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^agents/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { path: '^(src|agents)/' },
      to: { path: '^(test|bench|examples|scripts)/' },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: '^(src|agents)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['bundlet-source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};

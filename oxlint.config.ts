import { defineConfig, type OxlintOverride } from 'oxlint';

/** Which packages of this repository the source of each package may import. Its tests may import any but a service. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'packages/domain': [],
  'packages/contracts': ['domain'],
  'packages/accelerator-import': ['contracts'],
  'packages/marketplace': ['domain'],
  'packages/publishers': ['marketplace', 'domain'],
  'packages/entra-sign-in': ['marketplace', 'domain'],
  'packages/provisioning': ['contracts', 'domain'],
  'packages/service-kit': ['contracts', 'domain'],
  'packages/telemetry': ['service-kit', 'contracts'],
  'packages/words': ['contracts'],
  'packages/design': [],
  'packages/client': ['contracts'],
  'packages/cli': ['accelerator-import', 'contracts'],
  'services/*': [
    ...['service-kit', 'publishers', 'entra-sign-in', 'marketplace', 'words', 'design'],
    ...['contracts', 'domain'],
  ],
  'tooling/{bootstrap,config,microsoft-api}': [],
  'tooling/emulator': ['design'],
  'tooling/deploy': [
    'provisioning',
    // Reads a list of publishers exactly as the services do.
    'publishers',
    'service-kit',
    'telemetry',
    'contracts',
    'domain',
    'bootstrap',
  ],
  'tooling/servers': ['bootstrap', 'provisioning', 'contracts', 'config'],
  'tooling/worker-contract': ['servers', 'emulator', 'service-kit', 'contracts', 'domain'],
  // The stack shows the landing pages of every state, so it reads their messages. The benchmarks run the worker's handler
  // under other job engines.
  'tooling/{stack,bench}': [
    ...[
      'landing',
      'fulfillment-worker',
      'stack',
      'emulator',
      'servers',
      'deploy',
      'bootstrap',
      'config',
      'client',
      'provisioning',
    ],
    ...['publishers', 'service-kit', 'words', 'design', 'console', 'contracts', 'domain'],
  ],
};

interface Pattern {
  readonly regex: string;
  readonly message: string;
}

/** Libraries that only these folders and the tests may import, so that what they do stays in one place. */
const keptIn: readonly (Pattern & { readonly folders: readonly string[] })[] = [
  {
    regex: '^kysely(/|$)',
    message: "SQL is written only in a service's store/ and db/ and in service-kit.",
    folders: ['services/*/src/{store,db}', 'packages/service-kit/src'],
  },
  {
    regex: '^(nats|@nats-io/.*)$',
    message: "Only service-kit's bus/ imports the NATS client; use its Bus.",
    folders: ['packages/service-kit/src/bus'],
  },
];

const services = ['gateway', 'webhook-ingest', 'fulfillment-worker', 'billing-sync', 'landing'];
const packageNames = [...services, ...foldersOf(Object.keys(mayImport))];

const testFiles = [
  '{services,packages,tooling}/*/src/**/*.test.ts',
  '{services,packages,tooling}/*/test/**/*.ts',
  '{services,packages,tooling}/*/vitest.config.ts',
];

const noPaths = {
  regex: '^\\.\\.?/.*(packages|services|tooling)/',
  message: 'Import another package by its name.',
};
const noServices = forbid(services, 'Services talk over the subjects and procedures of contracts.');

/** The folders of this repository that a border does not let through. */
function border(allowed: readonly string[]): Pattern {
  const others = packageNames.filter((name) => !allowed.includes(name));
  return forbid(others, 'See the table in oxlint.config.ts for what this package may import.');
}

function forbid(names: readonly string[], message: string): Pattern {
  return { regex: `^@landfall/(${names.join('|')})(/|$)`, message };
}

/** `tooling/{a,b}` are the packages a and b; `services/*` stands for the services. */
function foldersOf(keys: readonly string[]): string[] {
  return keys
    .map((key) => key.slice(key.indexOf('/') + 1))
    .filter((name) => name !== '*')
    .flatMap((name) => name.replace(/[{}]/g, '').split(','));
}

function restricted(files: string[], patterns: readonly Pattern[]): OxlintOverride {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: patterns.map(({ regex, message }) => ({ regex, message })) },
      ],
    },
  };
}

/** A later override replaces an earlier one, so each has all rules of its folder: border, paths and libraries. */
const borders: OxlintOverride[] = Object.entries(mayImport).flatMap(([folder, names]) => {
  const isTooling = folder.startsWith('tooling/');
  const rulesIn = (place: string) => [
    border(names),
    noPaths,
    ...keptIn.filter(({ folders }) => !isTooling && !folders.some((home) => isIn(place, home))),
  ];
  const homes = keptIn.flatMap(({ folders }) => folders).filter((home) => isIn(home, folder));
  return [folder, ...homes.toSorted()].map((place) =>
    restricted([`${place}/**/*.{ts,tsx}`], rulesIn(place)),
  );
});

function isIn(place: string, folder: string): boolean {
  return `${place}/`.startsWith(`${folder}/`);
}

/** The domain depends only on big.js. Its tests depend on more. */
const pureDomain = restricted(
  ['packages/domain/src/**/*.ts'],
  [
    {
      // The linter's regular expressions have no look-ahead: anything but `big…`.
      regex: '^(?:[^.b]|b[^i]|bi[^g])',
      message: 'The domain imports only big.js: no other package, no I/O, no clock.',
    },
  ],
);

const tests = [
  restricted(testFiles, [noPaths, noServices]),
  restricted(['tooling/stack/test/**/*.ts'], [noPaths]),
];

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'warn' },
  env: { node: true, es2024: true },
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-non-null-assertion': 'error',
    'import/no-default-export': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'no-console': 'error',
    'node/no-process-env': 'error',
    'no-await-in-loop': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'no-shadow': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'no-underscore-dangle': 'off',
    'import/no-named-as-default-member': 'off',
    'promise/always-return': 'off',
    'promise/no-callback-in-promise': 'off',
    'typescript/consistent-return': 'off',
  },
  ignorePatterns: ['dist', 'node_modules', '.toolchain', '.landfall'],
  overrides: [
    {
      files: ['**/*.config.ts', '**/*.mjs'],
      rules: {
        'import/no-default-export': 'off',
        'no-console': 'off',
        'node/no-process-env': 'off',
      },
    },
    {
      files: ['tooling/**'],
      rules: { 'no-console': 'off', 'node/no-process-env': 'off' },
    },
    {
      files: [
        'packages/service-kit/src/process/config.ts',
        'packages/service-kit/src/process/process.ts',
      ],
      rules: { 'node/no-process-env': 'off' },
    },
    {
      // The programs of a command line read the environment, and print.
      files: ['packages/cli/src/main.ts', 'packages/cli/scripts/**/*.ts'],
      rules: { 'node/no-process-env': 'off', 'no-console': 'off' },
    },
    {
      // Runs in browsers, which have no process and no environment.
      files: ['packages/console/src/**/*.{ts,tsx}'],
      env: { browser: true, node: false },
      plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'react', 'jsx-a11y'],
      rules: {
        'react/react-in-jsx-scope': 'off',
        // Rules for the React compiler, which the build does not use. A ref with the latest callback is deliberate.
        'react/refs': 'off',
        'react/incompatible-library': 'off',
        'react/set-state-in-effect': 'off',
        'react/exhaustive-effect-dependencies': 'off',
        'react/no-unstable-nested-components': ['error', { allowAsProps: true }],
        'react/no-object-type-as-default-prop': 'off',
        // A table that is shown as cards keeps its meaning only with explicit roles.
        'jsx-a11y/no-redundant-roles': 'off',
        'jsx-a11y/no-interactive-element-to-noninteractive-role': 'off',
        'jsx-a11y/prefer-tag-over-role': 'off',
        'jsx-a11y/control-has-associated-label': 'off',
        // Times and refused buttons take the focus to show their hint.
        'jsx-a11y/no-noninteractive-tabindex': 'off',
        // In a dialog the first field is where the person wants to be.
        'jsx-a11y/no-autofocus': 'off',
        // In a palette the focus stays in the field, which takes the keys.
        'jsx-a11y/click-events-have-key-events': 'off',
        'typescript/unbound-method': 'off',
        // They take `z.catch` for a promise's, and a broadcast channel for a window.
        'promise/valid-params': 'off',
        'unicorn/require-post-message-target-origin': 'off',
        'import/no-unassigned-import': ['error', { allow: ['**/*.css', '**/zod-setup.ts'] }],
      },
    },
    {
      // Programs of an ISV. Express 5 passes on rejected promises.
      files: ['packages/client/examples/**'],
      rules: {
        'node/no-process-env': 'off',
        'no-console': 'off',
        'oxc/no-async-endpoint-handlers': 'off',
      },
    },
    {
      files: testFiles,
      rules: { 'typescript/no-non-null-assertion': 'off', 'node/no-process-env': 'off' },
    },
    ...borders,
    pureDomain,
    ...tests,
  ],
});

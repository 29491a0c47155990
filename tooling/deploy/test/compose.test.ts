import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DCLinter } from 'dclint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { services } from '@landfall/contracts/services';
import { settingsOf, variablesOf } from '@landfall/service-kit/config';
import { imagePrograms } from '../src/image/assemble.ts';
import { composeFolder, type ComposeFile } from '../src/compose/compose.ts';
import { textsIn, variablesIn } from '../src/compose/interpolate.ts';
import { composePath, composeText } from '../src/compose/write-compose.ts';
import { readConfigSchemas } from '../src/config-schemas.ts';
import { rolesSchema } from '../src/provision/roles-job.ts';
import { streamsSchema } from '../src/provision/streams-job.ts';

const compose = parse(readFileSync(composePath, 'utf8')) as ComposeFile;
const containers = Object.entries(compose.services);

test('compose.yaml is what the settings of this version give', async () => {
  const written = readFileSync(composePath, 'utf8');
  expect(written, 'run node tooling/deploy/src/compose/write-compose.ts').toBe(await composeText());
});

test('the file is valid by the schema of Compose', () => {
  expect(brokenRules(composePath)).not.toContain('invalid-schema');

  const folder = mkdtempSync(path.join(tmpdir(), 'compose-'));
  const misspelt = path.join(folder, 'compose.yaml');
  writeFileSync(misspelt, readFileSync(composePath, 'utf8').replace('restart:', 'restrat:'));
  const broken = brokenRules(misspelt);
  rmSync(folder, { recursive: true });
  expect(broken).toContain('invalid-schema');
});

/** Its other rules are about the order of keys and quotes. */
function brokenRules(composed: string): readonly string[] {
  const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
  const results = linter.lintFiles([composed], false) as readonly {
    readonly messages: readonly { readonly rule: string }[];
  }[];
  return results.flatMap(({ messages }) => messages.map(({ rule }) => rule));
}

test('every container of Landfall runs a program of the image, as the image intends', () => {
  const programs = imagePrograms.map(({ program }) => `/app/${program}/main.mjs`);
  const ours = containers.filter(([, { image }]) => image.includes('LANDFALL_IMAGE'));
  expect(ours.map(([name]) => name)).toEqual(
    expect.arrayContaining(services.map(({ name }) => name)),
  );
  for (const [name, container] of ours) {
    expect(programs, name).toContain(container.command?.[0]);
    expect(container, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  }
});

test('each service gets settings that it reads, and all that it reads but those of the image', async () => {
  const schemas = await readConfigSchemas();
  const ofImage = 'HTTP_HOST HTTP_PORT METRICS_HOST METRICS_PORT CONSOLE_FOLDER';
  const needless = 'DATABASE_CA_FILE NATS_CA_FILE CLOCK_URL LOCAL_MARKETPLACE_URL';
  for (const { name } of services) {
    const given = new Set(Object.keys(compose.services[name]?.environment ?? {}));
    const read = new Set(settingsOf(schemas[name]).map((setting) => setting.name));
    const others = new Set(`${ofImage} ${needless}`.split(' ')).intersection(read);
    expect(given, name).toEqual(read.difference(others));
  }
  for (const [job, schema] of [
    ['roles', rolesSchema],
    ['streams', streamsSchema],
  ] as const) {
    const given = Object.keys(compose.services[job]?.environment ?? {});
    expect(
      given.filter((one) => one !== 'PRIVATE_NETWORK' && !variablesOf(schema).includes(one)),
      job,
    ).toEqual([]);
  }
});

test('no service gets the password of another one', () => {
  for (const { name } of services) {
    const passwords = textsIn(compose.services[name]?.environment)
      .flatMap((text) => variablesIn(text))
      .filter((variable) => variable.includes('PASSWORD'));
    const suffix = name.toUpperCase().replaceAll('-', '_');
    expect(new Set(passwords), name).toEqual(
      new Set([`DATABASE_PASSWORD_${suffix}`, `NATS_PASSWORD_${suffix}`]),
    );
  }
});

test('every mounted file is there, every image has a version, and every container waits for existing ones', () => {
  for (const [name, container] of containers) {
    const mounts = (container['volumes'] ?? []) as readonly string[];
    const files = mounts
      .map((mount) => mount.split(':')[0] ?? '')
      .filter((one) => one.startsWith('.'));
    for (const mounted of files) {
      expect(existsSync(path.join(composeFolder, mounted)), `${name} mounts ${mounted}`).toBe(true);
    }
    expect(container.image, name).toMatch(/^\$\{LANDFALL_IMAGE|:v?\d+\.\d+/);
    for (const other of Object.keys(container.depends_on ?? {})) {
      expect(compose.services, `${name} waits for ${other}`).toHaveProperty(other);
    }
  }
});

test('the TLS proxy leaves limits of bodies to the gateway, which takes files of usage of any size', () => {
  const proxy = readFileSync(path.join(composeFolder, 'Caddyfile'), 'utf8');
  expect(proxy).toContain('reverse_proxy gateway:8080');
  expect(proxy).not.toContain('max_size');
});

test('promtool accepts the configuration of Prometheus, which finds every service', ({
  annotate,
}) => {
  const mounts = (compose.services['prometheus']?.['volumes'] ?? []) as readonly string[];
  const mounted = (name: string) =>
    path.resolve(
      composeFolder,
      mounts.find((one) => one.includes(`:/etc/prometheus/${name}:`))?.split(':')[0] ?? '',
    );
  const config = mounted('prometheus.yml');
  const { scrape_configs: jobs } = parse(readFileSync(config, 'utf8')) as {
    readonly scrape_configs: readonly { readonly job_name: string }[];
  };
  expect(jobs.map(({ job_name }) => job_name)).toEqual(
    services.map(({ name }) => `landfall-${name}`),
  );
  // The configuration names it without a folder, so both are in the same one.
  expect(path.dirname(mounted('alerts.yaml'))).toBe(path.dirname(config));

  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'config', config], {
    encoding: 'utf8',
  });
  if (error) void annotate('promtool is not on PATH, so only the jobs were compared');
  else expect(status, stdout + stderr).toBe(0);
});

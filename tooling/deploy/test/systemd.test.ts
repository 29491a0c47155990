import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { services } from '@landfall/contracts/services';
import { operatorUser } from '@landfall/provisioning/nats-users';
import { natsBinary } from '@landfall/servers/nats-binary';
import { parseConfig } from '@landfall/service-kit/config';
import { chartTable } from '../src/chart/table.ts';
import { readConfigSchemas } from '../src/config-schemas.ts';
import { rolesSchema } from '../src/provision/roles-job.ts';
import { streamsSchema } from '../src/provision/streams-job.ts';
import { systemdUnits } from '../src/systemd/units.ts';
import { unitsFolder } from '../src/systemd/write-units.ts';
import { natsUsersFile, passwordVariable } from '../src/write-nats-users.ts';
import { withSecretFiles } from './secret-files.ts';

/** systemd's own scale from 0 to 10, times ten. A service without any protection has 96. */
const MAX_EXPOSURE = 20;

const schemas = await readConfigSchemas();
const units = systemdUnits(chartTable(schemas));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'landfall-units-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const linesOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line.includes('=') && !line.startsWith('#'));

/** `NAME=value` lines as variables. */
const toVariables = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name, value.join('=')];
    }),
  );

const settings = toVariables(linesOf(readFileSync(path.join(unitsFolder, 'settings.env'), 'utf8')));

/** The values of a key that a unit may have several times. */
function valuesOf(unit: string, key: string): readonly string[] {
  return linesOf(units.get(unit) ?? '')
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1).replace(/^"(.*)"$/, '$1'));
}

function environmentOf(unit: string): Record<string, string> {
  const given = { ...settings, ...toVariables(valuesOf(unit, 'Environment')) };
  return withSecretFiles(given, { folder, isSecret: (value) => value.startsWith('%d/') });
}

test('the units match the services', () => {
  for (const [file, content] of units) {
    expect(readFileSync(path.join(unitsFolder, file), 'utf8'), file).toBe(content);
  }
});

test.each(services)('$name accepts the environment of its unit', ({ name }) => {
  const env = environmentOf(`landfall-${name}.service`);
  expect(() => parseConfig(schemas[name], env)).not.toThrow();
});

test('the set-up jobs accept the environment of their unit', () => {
  const env = environmentOf('landfall-setup.service');
  expect(() => parseConfig(rolesSchema, env)).not.toThrow();
  expect(() => parseConfig(streamsSchema, env)).not.toThrow();
});

test('the gateway finds the other services where their units listen', () => {
  const variablesOf = (name: string) =>
    toVariables(valuesOf(`landfall-${name}.service`, 'Environment'));
  const { LANDING_URL, WEBHOOK_INGEST_URL } = variablesOf('gateway');
  expect(LANDING_URL).toBe(`http://127.0.0.1:${variablesOf('landing')['HTTP_PORT']}`);
  expect(WEBHOOK_INGEST_URL).toBe(`http://127.0.0.1:${variablesOf('webhook-ingest')['HTTP_PORT']}`);
  const ports = services.map(({ name }) => variablesOf(name)['HTTP_PORT']);
  expect(new Set(ports).size).toBe(services.length);
  const proxy = readFileSync(path.join(unitsFolder, 'Caddyfile'), 'utf8');
  expect(proxy).toContain(`127.0.0.1:${variablesOf('gateway')['HTTP_PORT']}`);
});

test('a unit names secrets only as files that root owns', () => {
  for (const [unit, text] of units) {
    const secrets = valuesOf(unit, 'LoadCredential').map((line) => line.split(':')[0]);
    const files = linesOf(text).filter((line) => line.includes('=%d/'));
    expect(files).toEqual(secrets.map((name) => `Environment=${name}_FILE=%d/${name}`));
  }
});

test('nats-server accepts its configuration', () => {
  cpSync(path.join(unitsFolder, 'nats-server.conf'), path.join(folder, 'nats-server.conf'));
  cpSync(natsUsersFile, path.join(folder, 'nats-users.conf'));
  const users = [operatorUser, ...services.map(({ name }) => name)] as const;
  const env = Object.fromEntries(users.map((user) => [passwordVariable(user), 'secret-1']));
  const check = ['-t', '-c', path.join(folder, 'nats-server.conf')];
  expect(() => execFileSync(natsBinary(), check, { env, stdio: 'pipe' })).not.toThrow();
});

test('every configuration of nats-server that we offer takes the largest answers', () => {
  const deploy = path.dirname(unitsFolder);
  const [unit, compose, node] = ['systemd/nats-server.conf', 'compose/nats.conf', 'nats/node.conf'];
  for (const file of [unit, compose, node]) {
    expect(readFileSync(path.join(deploy, file), 'utf8'), file).toMatch(/^max_payload: 8MB$/m);
  }
  const chart = readFileSync(path.join(deploy, 'chart/examples/nats-values.yaml'), 'utf8');
  const values = parse(chart) as { config: { merge: Record<string, unknown> } };
  expect(values.config.merge['max_payload']).toBe(8 * 1024 * 1024);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.log('There is no systemd-analyze here, so it does not check the units.');

test('systemd finds no flaw in the units, and every service is well protected', () => {
  if (!hasSystemd) return;
  for (const file of units.keys()) cpSync(path.join(unitsFolder, file), path.join(folder, file));
  const files = [...units.keys()].map((file) => path.join(folder, file));
  const { stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' });
  const flaws = stderr
    .split('\n')
    // The programs are not installed on this machine.
    .filter((line) => /landfall|nats/.test(line) && !line.includes('is not executable'));
  expect(flaws).toEqual([]);
  for (const file of files.filter((one) => one.endsWith('.service'))) {
    const limit = `--threshold=${MAX_EXPOSURE}`;
    const check = ['security', '--offline=true', '--no-pager', limit, file];
    expect(() => execFileSync('systemd-analyze', check, { stdio: 'pipe' })).not.toThrow();
  }
});

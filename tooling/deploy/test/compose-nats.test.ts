import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { streams } from '@landfall/contracts/streams';
import { natsBinary } from '@landfall/servers/nats-binary';
import { freePort } from '@landfall/servers/ports';
import { until } from '@landfall/servers/wait';
import { composeFile, composeFolder } from '../src/compose/compose.ts';
import { natsNodes } from '../src/compose/environment.ts';
import { interpolate } from '../src/compose/interpolate.ts';
import { readConfigSchemas } from '../src/config-schemas.ts';
import { natsUsersFile } from '../src/write-nats-users.ts';

interface Node {
  readonly name: string;
  /** Ports by their number in the container. */
  readonly ports: Readonly<Record<'4222' | '6222' | '8222', number>>;
}

// In nats-server's configuration, an unquoted 7k is the number 7000.
const passwords = new Proxy({}, { get: (_target, name) => `7k-${String(name)}` });

test('three real nodes with nats.conf become a cluster, in which the job makes streams with three replicas', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nats-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(natsUsersFile, path.join(folder, 'nats-users.conf'));
  const nodes: Node[] = [];
  for (const name of natsNodes) {
    const ports = { '4222': await freePort(), '6222': await freePort(), '8222': await freePort() };
    nodes.push({ name, ports });
  }
  const { services } = composeFile(await readConfigSchemas());
  for (const node of nodes) {
    const { command = [], environment = {} } = services[node.name] ?? {};
    stack.use(startNode(node, { nodes, folder, command, environment }));
  }

  const addresses = nodes.map(({ ports }) => `127.0.0.1:${ports['4222']}`);
  const job = spawn(
    process.execPath,
    [fileURLToPath(new URL('../src/provision/main.ts', import.meta.url)), 'streams'],
    {
      env: {
        NATS_URL: `nats://operator:7k-NATS_PASSWORD_OPERATOR@${addresses.join(',nats://')}`,
        NATS_REPLICAS: services['streams']?.environment?.['NATS_REPLICAS'],
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [said, [code]] = await Promise.all([text(job.stdout), once(job, 'close')]);
  expect(code, said).toBe(0);

  const copies = await until('all streams are listed', () => copiesOf(nodes[0]));
  expect(copies).toEqual(new Map(Object.values(streams).map(({ name }) => [name, 3])));
});

/** Starts a node as its container does, with its ports and folder on this machine. */
function startNode(
  node: Node,
  container: {
    readonly nodes: readonly Node[];
    readonly folder: string;
    readonly command: readonly string[];
    readonly environment: Readonly<Record<string, string>>;
  },
): AsyncDisposable {
  const { nodes, folder, command, environment } = container;
  const here = (given: string) =>
    nodes.reduce(
      (done, { name, ports }) => done.replace(`${name}:6222`, `127.0.0.1:${ports['6222']}`),
      given,
    );
  const conf = readFileSync(path.join(composeFolder, 'nats.conf'), 'utf8')
    .replace(
      /0\.0\.0\.0:(4222|6222|8222)/g,
      (_all, port: '4222') => `127.0.0.1:${node.ports[port]}`,
    )
    .replace('"/data"', JSON.stringify(path.join(folder, node.name)));
  const file = path.join(folder, `${node.name}.conf`);
  writeFileSync(file, conf);
  const env = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, here(interpolate(value, passwords))]),
  );
  const args = command.map((one) => (one === '/etc/nats/nats.conf' ? file : one));
  const server = spawn(natsBinary(), args, { env, stdio: 'ignore' });
  const ended = once(server, 'exit');
  return {
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

interface Report {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly cluster?: { readonly replicas?: readonly unknown[] };
    }[];
  }[];
}

/** Copies by stream, as soon as the node knows all streams. */
async function copiesOf(node: Node | undefined) {
  const answer = await fetch(`http://127.0.0.1:${node?.ports['8222']}/jsz?streams=true`);
  const report = (await answer.json()) as Report;
  const found = report.account_details?.flatMap(({ stream_detail = [] }) => stream_detail) ?? [];
  // The leader is not in the list of its replicas.
  const copies = found.map(
    ({ name, cluster }) => [name, 1 + (cluster?.replicas?.length ?? 0)] as const,
  );
  return copies.length === Object.keys(streams).length && new Map(copies);
}

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..');

/** The examples of the README, by the name in the comment above each. */
export const examples = ['list', 'usage', 'receiver', 'live', 'errors'] as const;
export type ExampleName = (typeof examples)[number];

/** A folder in which the packed client is installed, with the examples of its README. */
export interface Consumer extends AsyncDisposable {
  readonly folder: string;
  readonly tarball: string;
  /** Names of the packages in `node_modules`. */
  readonly installed: readonly string[];
}

/**
 * Builds and packs the client, and installs the file with npm into an empty folder. Offline: the client
 * has no dependencies, so npm needs nothing else.
 */
export async function openConsumer(): Promise<Consumer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'client-consumer-'));
  await run('pnpm', ['pack', '--pack-destination', folder], { cwd: root });
  const file = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '';
  await writeFile(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const flags = ['--offline', '--no-audit', '--no-fund', '--no-update-notifier'];
  await run('npm', ['install', ...flags, `./${file}`], { cwd: folder });
  await writeExamples(folder);
  return {
    folder,
    tarball: path.join(folder, file),
    installed: await packagesIn(path.join(folder, 'node_modules')),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function packagesIn(modules: string): Promise<string[]> {
  const names = (await readdir(modules)).filter((name) => !name.startsWith('.'));
  const scoped = names.map(async (name) =>
    name.startsWith('@')
      ? (await readdir(path.join(modules, name))).map((inner) => `${name}/${inner}`)
      : [name],
  );
  return (await Promise.all(scoped)).flat();
}

/** Writes each example as JavaScript, to run it, and as TypeScript, to check its types. */
async function writeExamples(folder: string): Promise<void> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  await mkdir(path.join(folder, 'checked'));
  for (const [, name, code] of readme.matchAll(/<!-- example: (\w+) -->\n```ts\n(.*?)```/gs)) {
    await writeFile(path.join(folder, 'checked', `${name}.ts`), code ?? '');
    await writeFile(path.join(folder, `${name}.js`), code ?? '');
  }
}

/** Replaces the address in the README's examples by that of a local server. */
export async function pointExamplesTo(url: string, { folder }: Consumer): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.js')) continue;
    const file = path.join(folder, name);
    const code = await readFile(file, 'utf8');
    await writeFile(file, code.replace('https://marketplace.contoso.example', url));
  }
}

/** The output of an example until it ends. */
export async function outputOf(
  example: ExampleName,
  { node, consumer }: { readonly node: string; readonly consumer: Consumer },
): Promise<string> {
  const env = { LANDFALL_API_KEY: 'lf_key' };
  const { stdout } = await run(node, [`${example}.js`], { cwd: consumer.folder, env });
  return stdout;
}

/** The output of an example that must end with an error. */
export async function outputOfFailed(
  example: ExampleName,
  where: { readonly node: string; readonly consumer: Consumer },
): Promise<string> {
  return await outputOf(example, where).then(
    () => 'no error',
    (error: { stdout: string }) => error.stdout,
  );
}

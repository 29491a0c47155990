import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type OutputChunk } from 'rolldown';
import { isolatedDeclarationSync } from 'rolldown/experimental';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');

/** The public entries, and the files that their types come from. */
const entries = ['index', 'decisions', 'errors', 'events', 'receiver', 'usage'];
const typed = [...entries, 'api', 'connection', 'node-handler', 'signature'];

/**
 * Writes `dist/`: JavaScript for Node 20, and its types. tRPC and zod are bundled, because a product may use other
 * versions of them, and because npm would install tRPC's peer dependency TypeScript with every client.
 */
export async function build(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  const chunks = await bundle();
  writeFileSync(path.join(dist, 'third-party-licenses.txt'), licencesOf(chunks));
  for (const name of typed) writeFileSync(path.join(dist, `${name}.d.ts`), declarationsOf(name));
}

async function bundle(): Promise<OutputChunk[]> {
  await using bundler = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
    platform: 'node',
    external: /^node:/,
    transform: { target: 'node20' },
  });
  const { output } = await bundler.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    // Keeps only licences and tree-shaking annotations. Other comments of the libraries do not help a reader.
    comments: { annotation: true, jsdoc: false, legal: true },
  });
  return output.filter((file) => file.type === 'chunk');
}

/** The declarations of one file. They need no other file, because every export states its type. */
function declarationsOf(name: string): string {
  const file = `${name}.ts`;
  const source = readFileSync(path.join(root, 'src', file), 'utf8');
  const { code, errors } = isolatedDeclarationSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(String).join('\n')}`);
  return code.replaceAll(/from "(\.\/[\w-]+)\.ts"/g, 'from "$1.js"');
}

/** The licence texts of the bundled packages, which their licences require to be included. */
function licencesOf(chunks: readonly OutputChunk[]): string {
  const modules = chunks.flatMap(({ modules: byId }) =>
    Object.keys(byId).filter((id) => (byId[id]?.renderedLength ?? 0) > 0),
  );
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    ) as { name: string; version: string };
    return `${name} ${version}\n\n${readFileSync(path.join(folder, 'LICENSE'), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

if (import.meta.main) await build();

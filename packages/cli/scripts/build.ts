import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type OutputChunk, type Plugin } from 'rolldown';
import { readFieldComments } from '@landfall/contracts/field-comments';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');

/** Writes `landfall.js`: the whole program in one minified file for Node 20, and the licences of what it contains. */
export async function build(folder = dist): Promise<void> {
  readFieldComments();
  const { createCatalogue } = await import('./catalogue.ts');
  const { MAX_IMPORTED } = await import('@landfall/contracts/import-procedures');
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const chunk = await bundle(folder, MAX_IMPORTED, {
    CATALOGUE: JSON.stringify(JSON.stringify(createCatalogue())),
    VERSION: JSON.stringify(version),
  });
  chmodSync(path.join(folder, 'landfall.js'), 0o755);
  writeFileSync(path.join(folder, 'third-party-licenses.txt'), licencesOf(chunk));
}

async function bundle(
  folder: string,
  maxImported: number,
  define: Record<string, string>,
): Promise<OutputChunk> {
  await using bundler = await rolldown({
    cwd: root,
    input: { landfall: 'src/main.ts' },
    platform: 'node',
    external: /^node:/,
    plugins: [withoutSchemas(maxImported)],
    transform: { target: 'node20', define },
  });
  const { output } = await bundler.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    codeSplitting: false,
    minify: true,
    banner: '#!/usr/bin/env node',
  });
  return output[0];
}

/**
 * The reader of an export of the SaaS Accelerator needs one number from the contract. The schemas beside it would double the
 * program and the time that it takes to start.
 */
function withoutSchemas(maxImported: number): Plugin {
  const contract = '@landfall/contracts/import-procedures';
  return {
    name: 'without-schemas',
    resolveId: (id) => (id === contract ? `\0${contract}` : undefined),
    load: (id) =>
      id === `\0${contract}` ? `export const MAX_IMPORTED = ${maxImported};` : undefined,
  };
}

/** The licence texts of the bundled packages, which their licences require to be included. */
function licencesOf({ modules }: OutputChunk): string {
  const used = Object.keys(modules).filter((id) => (modules[id]?.renderedLength ?? 0) > 0);
  const folders = used.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    ) as { name: string; version: string };
    return `${name} ${version}\n\n${readFileSync(path.join(folder, 'LICENSE'), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

if (import.meta.main) await build();

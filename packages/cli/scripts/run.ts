import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.ts';

/** Runs the program from the sources of this checkout: builds it first if something has changed since the last build. */
const root = fileURLToPath(new URL('..', import.meta.url));
const built = path.join(root, 'dist', 'landfall.js');
const sources = [
  'src',
  'scripts',
  'package.json',
  '../contracts/src',
  '../domain/src',
  '../accelerator-import/src',
];

if (lastChange(sources.map((source) => path.join(root, source))) > builtAt()) await build();
// The program reads its arguments from `process.argv`, where they are at the same place.
await import(built);

function builtAt(): number {
  return statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function lastChange(places: readonly string[]): number {
  const changes = places.flatMap((place) => {
    const stat = statSync(place);
    if (!stat.isDirectory()) return [stat.mtimeMs];
    const files = readdirSync(place, { recursive: true, encoding: 'utf8' });
    return files.map((file) => statSync(path.join(place, file)).mtimeMs);
  });
  return Math.max(...changes);
}

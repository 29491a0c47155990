import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../src/launch/folder.ts';

const NOT_OURS = /(^|\/)(node_modules|\.git|\.toolchain|\.landfall|\.turbo|dist)(\/|$)/;

/** Files and folders that we have written, from the repository's root. */
export const ours = globSync(['**/*', '.{ci,devcontainer,github}/**'], {
  cwd: repositoryRoot,
  exclude: (name) => NOT_OURS.test(name),
});

/** A text file of the repository. Paths begin at the repository's root. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: number;
}

/** Our own files with one of these endings, such as `.ts`. */
export function readSources(endings: readonly string[]): Source[] {
  return ours
    .filter((file) => endings.some((ending) => file.endsWith(ending)))
    .toSorted()
    .map((file) => {
      const text = readFileSync(path.join(repositoryRoot, file), 'utf8');
      return { file, text, lines: text.split('\n').length - 1 };
    });
}

export function isTest(file: string): boolean {
  return /\/test\/|\.test\.ts$/.test(file);
}

export interface Package {
  readonly name: string;
  readonly folder: string;
  /** Specifier, such as `@landfall/domain/fault`, to the file behind it. */
  readonly entries: ReadonlyMap<string, string>;
}

/** Every package of the workspace, with the entries that its package.json exports. */
export function readPackages(): Package[] {
  const manifests = readSources(['package.json']).filter(
    ({ file }) => file.split('/').length === 3,
  );
  return manifests.map(({ file, text }) => {
    const folder = path.dirname(file);
    const { name, exports = {} } = JSON.parse(text) as Manifest;
    const entries = Object.entries(exports).map(
      ([entry, target]) => [name + entry.slice(1), path.join(folder, fileOf(target))] as const,
    );
    return { name, folder, entries: new Map(entries) };
  });
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, Target>>;
}
type Target = string | Readonly<Record<string, string>>;

/** The source behind an entry; a published package names it beside its types and its built file. */
function fileOf(target: Target): string {
  if (typeof target === 'string') return target;
  const files = Object.values(target);
  return files.find((file) => file.startsWith('./src/')) ?? files[0] ?? '';
}

/** The imports of a source file: files of the same package by path, others by specifier. */
export function importsOf({ file, text }: Source): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g)];
  return specifiers.map(([, specifier = '']) =>
    specifier.startsWith('.') ? path.join(path.dirname(file), specifier) : specifier,
  );
}

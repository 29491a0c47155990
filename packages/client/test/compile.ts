import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * TypeScript 7 is what the repository uses. The other one belongs to a tool that judges the package, and
 * stands for products that have not moved yet.
 */
export const compilers = {
  'TypeScript 7': compilerOf(import.meta.url),
  'TypeScript 5.6': compilerOf(import.meta.resolve('@arethetypeswrong/core')),
};

export const settings = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  target: 'es2022',
};

/** For a program that uses Node's modules. */
export const besideNode = {
  ...settings,
  module: 'nodenext',
  types: ['node'],
  typeRoots: [fileURLToPath(new URL('../node_modules/@types', import.meta.url))],
};

/** For a program without the types of Node: a browser's library has `fetch` and `Headers` as well. */
export const withoutNode = {
  ...settings,
  lib: ['es2022', 'dom'],
  module: 'esnext',
  moduleResolution: 'bundler',
  types: [],
};

/** What the compiler says about a program in the folder; empty if it is content. */
export async function complaintsAbout(
  files: readonly string[],
  how: { readonly compiler: string; readonly folder: string; readonly compilerOptions: object },
): Promise<string> {
  const { compiler, folder, compilerOptions } = how;
  const project = path.join(folder, 'tsconfig.json');
  await writeFile(project, JSON.stringify({ compilerOptions, files }));
  const compiled = run(process.execPath, [compiler, '--project', project], { cwd: folder });
  return compiled.then(
    () => '',
    (error: { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`,
  );
}

function compilerOf(module: string): string {
  const manifest = createRequire(module).resolve('typescript/package.json');
  return path.join(path.dirname(manifest), 'bin', 'tsc');
}

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * The repository uses TypeScript 7. The older version comes with a tool that checks the package; it represents products
 * that have not upgraded yet.
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

/** Options for a program that uses Node's modules. */
export const besideNode = {
  ...settings,
  module: 'nodenext',
  types: ['node'],
  typeRoots: [fileURLToPath(new URL('../node_modules/@types', import.meta.url))],
};

/** Options for a program without Node's types. The browser's library also has `fetch` and `Headers`. */
export const withoutNode = {
  ...settings,
  lib: ['es2022', 'dom'],
  module: 'esnext',
  moduleResolution: 'bundler',
  types: [],
};

/** The compiler's messages about a program in the folder; empty if it compiles. */
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

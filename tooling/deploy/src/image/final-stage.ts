import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const dockerfile = fileURLToPath(new URL('../../image/Dockerfile', import.meta.url));

const PREPARED = '--from=app /source/tooling/deploy/dist/image/root/';

/**
 * The Dockerfile without the stage that prepares the files. It takes them from `root/` beside it, so the build needs no
 * image with Node and does not install everything a second time.
 */
export function finalStage(): string {
  const text = readFileSync(dockerfile, 'utf8');
  const base = /^ARG BASE=.*$/m.exec(text)?.[0];
  const stage = text.slice(text.indexOf('FROM ${BASE}'));
  if (base === undefined || !stage.startsWith('FROM') || !stage.includes(PREPARED)) {
    throw new Error('the Dockerfile no longer has the stage with the prepared files');
  }
  return `${base}\n${stage.replace(PREPARED, 'root/')}`;
}

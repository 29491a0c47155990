import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openFolder } from './folder.ts';
import { startStack } from './stack.ts';
import type { StackDescription } from './stack-file.ts';

/** Starts an empty stack in a temporary folder. Disposing stops it and removes the folder. */
export async function openThrowAwayStack(
  report: (line: string) => void,
  notWanted?: AbortSignal,
): Promise<AsyncDisposable & { readonly description: StackDescription }> {
  await using opened = new AsyncDisposableStack();
  const root = mkdtempSync(path.join(tmpdir(), 'landfall-'));
  // The user that PostgreSQL runs as must be able to pass through.
  chmodSync(root, 0o711);
  opened.defer(() => rmSync(root, { recursive: true, force: true }));
  const running = await startStack({
    folder: openFolder(path.join(root, 'data')),
    fresh: false,
    workers: 1,
    onStep: report,
    onEvent: report,
    ...(notWanted && { notWanted }),
  });
  opened.defer(async () => void (await running.stop()));
  const kept = opened.move();
  return { description: running.description, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

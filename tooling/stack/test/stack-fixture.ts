import { openStackClient, type StackClient } from '../src/fixture/stack-client.ts';
import { openFolder, type Folder } from '../src/launch/folder.ts';
import { startStack } from '../src/launch/stack.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A running stack of a test file, and access to it from outside. */
export interface StackFixture extends AsyncDisposable {
  readonly client: StackClient;
  readonly folder: Folder;
}

/** Starts it in a temporary folder. Disposing stops it and removes the folder. */
export async function startStackFixture({
  workers = 1,
  settings = {},
}: {
  readonly workers?: number;
  /** Environment variables for all services. */
  readonly settings?: Readonly<Record<string, string>>;
} = {}): Promise<StackFixture> {
  await using resources = new AsyncDisposableStack();
  const folder = openFolder(resources.use(temporaryFolder()).path);
  const stack = await startStack({
    folder,
    fresh: false,
    workers,
    env: { ...process.env, ...settings },
    onStep: () => undefined,
    onEvent: (line) => console.error(line),
  });
  resources.defer(async () => void (await stack.stop()));
  const client = openStackClient(stack.description);
  const owned = resources.move();
  return { client, folder, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

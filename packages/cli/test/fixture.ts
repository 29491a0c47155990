import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { until } from '@landfall/servers/wait';
import { openThrowAwayStack } from '@landfall/stack/throw-away-stack';
import { openProgram, type Program } from './program.ts';

export interface SeenSubscription {
  readonly id: string;
  readonly status: string;
  readonly planId: string;
}

/** The built program beside a running stack. */
export interface CliFixture extends AsyncDisposable {
  readonly program: Program;
  /** A folder with the file by which the program finds the stack. */
  readonly checkout: string;
  /** The environment of a program that has a key of the stack. */
  readonly key: Readonly<Record<string, string>>;
  writeStackFile(mode: number): void;
  /** Makes an active subscription of the plan basic with six seats. Returns its id. */
  buyAndActivate(): Promise<string>;
  read(subscriptionId: string): Promise<SeenSubscription>;
}

export async function openCliFixture(): Promise<CliFixture> {
  await using resources = new AsyncDisposableStack();
  const program = resources.use(await openProgram());
  const { description } = resources.use(await openThrowAwayStack(() => undefined));
  const key = {
    LANDFALL_URL: description.gatewayUrl,
    LANDFALL_API_KEY: description.operatorApiKey,
  };
  const checkout = await mkdtemp(path.join(program.folder, 'checkout-'));
  mkdirSync(path.join(checkout, '.landfall'));
  const file = path.join(checkout, '.landfall', 'stack.json');
  const writeStackFile = (mode: number) => {
    writeFileSync(file, JSON.stringify(description));
    chmodSync(file, mode);
  };
  writeStackFile(0o600);
  const read = (id: string) =>
    program.json<SeenSubscription>(['subscriptions', 'get', id], { env: key });
  const owned = resources.move();
  return {
    program,
    checkout,
    key,
    writeStackFile,
    read,
    async buyAndActivate() {
      const order = ['--offer', 'teamdesk', '--plan', 'basic', '--quantity', '6'];
      const { subscriptionId } = await program.json<{ subscriptionId: string }>(
        ['trigger', 'purchase', ...order],
        { cwd: checkout },
      );
      // Landfall refuses this while a reconciliation of its own is under way.
      await until('a reconciliation is complete', async () => {
        const { code } = await program.run(['reconcile'], { env: key });
        return code === 0;
      });
      await program.json(['subscriptions', 'activate', subscriptionId], { env: key });
      await until('the subscription is active', async () => {
        const { status } = await read(subscriptionId);
        return status === 'Subscribed' ? true : undefined;
      });
      return subscriptionId;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

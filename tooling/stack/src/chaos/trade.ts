import { live } from './customers.ts';
import type { ChaosFixture } from './fixture.ts';
import type { Ledger } from './ledger.ts';
import { changeMetered, readAgain } from './metered-changes.ts';
import type { Random } from './random.ts';
import { reportUsage } from './usage-reporter.ts';

/**
 * Everything that customers, the product and the publisher do, until the signal: purchases and changes, and usage of the metered
 * subscriptions `ids`. Without metered subscriptions, there is no usage.
 */
export async function trade(
  fixture: ChaosFixture,
  ledger: Ledger,
  {
    ids,
    random,
    customers,
  }: {
    readonly ids: readonly string[];
    readonly random: Random;
    readonly customers?: number | undefined;
  },
  signal: AbortSignal,
): Promise<void> {
  const metered = ids.length > 0;
  await Promise.all([
    live(fixture, ledger, random.fork(), signal, customers),
    metered && reportUsage(fixture, ledger, { ids, random: random.fork() }, signal),
    metered && changeMetered(fixture, ledger, { ids, random: random.fork() }, signal),
    metered && readAgain(fixture, ledger, random.fork(), signal),
  ]);
}

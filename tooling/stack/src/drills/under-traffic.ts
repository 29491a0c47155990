import type { ChaosFixture } from '../chaos/fixture.ts';
import { Ledger } from '../chaos/ledger.ts';
import { buyMetered } from '../chaos/metered.ts';
import { policy } from '../chaos/policy.ts';
import { Random } from '../chaos/random.ts';
import { settle } from '../chaos/settle.ts';
import { trade } from '../chaos/trade.ts';
import type { DrillContext } from './drill.ts';

/**
 * Runs `loss` while customers buy, change plans and use the product. Then checks all of chaos' guarantees, and reports them as
 * one. Returns what the customers did.
 */
export async function underTraffic(
  context: DrillContext,
  system: ChaosFixture,
  { guarantee, loss }: { readonly guarantee: string; readonly loss: () => Promise<void> },
): Promise<Ledger> {
  const { say, signal } = context;
  const ledger = new Ledger();
  const seed = Date.now() % 0x7fff_ffff;
  await system.client.api.policies.put.mutate(policy);
  const ids = await buyMetered(system, ledger);
  const end = new AbortController();
  const until = AbortSignal.any([end.signal, signal]);
  const trading = trade(system, ledger, { ids, random: new Random(seed) }, until);
  try {
    await loss();
  } finally {
    end.abort();
    await trading;
  }
  const breaches = await settle(system, ledger, { seed, onProgress: say, signal });
  const [first] = breaches;
  const found = first && `${breaches.length}: ${first.guarantee} ${first.found}`;
  context.expect(guarantee, !first, found);
  return ledger;
}

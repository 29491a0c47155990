import type { ChaosFixture } from './fixture.ts';
import type { Difference } from './checks/both-sides.ts';
import type { Breach } from './checks/breach.ts';
import type { Ledger } from './ledger.ts';

const POLL_MS = 200;
const DEADLINE_MS = 5 * 60_000;

/**
 * The first reconciliation repairs what no notification reported, and finds nothing else. The
 * second one finds nothing. `dropped` are the subscriptions with a notification that was never
 * sent.
 */
export async function reconcileOnce(
  fixture: ChaosFixture,
  ledger: Ledger,
  expected: readonly Difference[],
  dropped: ReadonlySet<string>,
): Promise<Breach[]> {
  const first = await reconcile(fixture);
  ledger.count('repaired by reconciliation', first.healed);
  const excused = new Set(expected.filter(({ excuse }) => excuse).map((one) => one.subscriptionId));
  const unexpected = first.findings
    .filter(({ subscriptionId }) => !excused.has(subscriptionId))
    // An open operation does not make the records differ yet.
    .filter(
      ({ subscriptionId, kind }) => kind !== 'untold-operation' || !dropped.has(subscriptionId),
    )
    .map(({ subscriptionId, kind, detail }) => ({
      guarantee: 'reconciliation repairs only what no notification reported',
      subscriptionId,
      found: `${kind}: ${detail}`,
    }));
  const second = await reconcile(fixture);
  return [...unexpected, ...unhealed(first), ...left(second)];
}

type Run = Awaited<ReturnType<typeof reconcile>>;

function unhealed({ state, failure, drifted, healed, errors }: Run): Breach[] {
  if (state === 'completed' && healed === drifted && errors === 0) return [];
  const found = `${state} ${failure ?? ''}: ${drifted} drifted, ${healed} healed, ${errors} errors`;
  return [{ guarantee: 'reconciliation repairs everything that it finds', found }];
}

function left({ drifted, findings }: Run): Breach[] {
  if (drifted === 0) return [];
  const [first] = findings;
  const found = `${drifted}: ${first?.kind} ${first?.detail}`;
  const subscriptionId = first?.subscriptionId;
  return [{ guarantee: 'nothing differs after a reconciliation', subscriptionId, found }];
}

/** A new run, from its start to its end. */
export async function reconcile(fixture: ChaosFixture) {
  const begunAt = Date.now();
  const deadline = begunAt + DEADLINE_MS;
  for (;;) {
    const ended = await end(fixture, await begin(fixture, deadline), deadline);
    // A run that was killed during the disturbance is continued first. What it found then proves nothing.
    const isContinued = Date.parse(ended.startedAt) < begunAt;
    if (!isContinued || Date.now() > deadline) return ended;
  }
}

async function end(fixture: ChaosFixture, runId: string, deadline: number) {
  for (;;) {
    const current = await fixture.client.api.reconciliation.get.query({ runId });
    if (current.state !== 'running' || Date.now() > deadline) return current;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** A run whose process was killed blocks the next run until its lease ends. */
async function begin(fixture: ChaosFixture, deadline: number): Promise<string> {
  const publisherId = fixture.client.stack.publishers[0]?.publisherId;
  for (;;) {
    try {
      const { runId } = await fixture.client.api.reconciliation.start.mutate({ publisherId });
      return runId;
    } catch (error: unknown) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

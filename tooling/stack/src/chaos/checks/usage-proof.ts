import type { Evidence } from '../evidence.ts';
import type { UsageProof } from '../usage-evidence.ts';
import type { Breach } from './breach.ts';
import { lineKey, shown, sum, units, UsageOracle, type Units } from './usage-oracle.ts';

/** The ledger, the statements and Microsoft's report have what the oracle expects, to the last decimal. */
export function checkUsageProof(evidence: Evidence, proof: UsageProof): Breach[] {
  return [...totals(evidence), ...statements(evidence, proof), ...report(evidence, proof)];
}

interface Totals {
  readonly used: Units;
  readonly billed: Units;
}

function totals(evidence: Evidence): Breach[] {
  const entries = Map.groupBy(evidence.billing.entries, lineKey);
  const actual = new Map(
    [...entries].map(([id, own]) => [
      id,
      {
        used: sum(own.map((one) => units(one.used))),
        billed: sum(own.map((one) => units(one.reported))),
      },
    ]),
  );
  return compare(evidence, actual, 'the ledger bills exactly what must be billed');
}

function statements(evidence: Evidence, { statements: all }: UsageProof): Breach[] {
  const breaches: Breach[] = [];
  const lines = all.flatMap(({ subscriptionId, month, lines: own }) =>
    own.map((line) => ({ ...line, subscriptionId, month, termStart: iso(line.termStart) })),
  );
  for (const line of lines) {
    const { subscriptionId, dimension, month } = line;
    const came = units(line.used) + units(line.carriedIn);
    const went = sum(
      (['included', 'billed', 'pending', 'notBilled', 'carriedOut', 'remainder'] as const).map(
        (name) => units(line[name]),
      ),
    );
    const isComplete = [line.pending, line.notBilled, line.overBilled ?? '0'].every(
      (quantity) => units(quantity) === 0n,
    );
    if (came === went && isComplete) continue;
    const found = `${dimension} in ${month}: ${JSON.stringify(line)}`;
    breaches.push({ guarantee: 'each line of a statement is balanced', subscriptionId, found });
  }
  const actual = new Map(
    [...Map.groupBy(lines, lineKey)].map(([id, own]) => [
      id,
      {
        used: sum(own.map((one) => units(one.used))),
        billed: sum(own.map((one) => units(one.billed))),
      },
    ]),
  );
  return [
    ...breaches,
    ...compare(evidence, actual, 'the statements say exactly what must be billed'),
  ];
}

function compare(
  evidence: Evidence,
  actual: ReadonlyMap<string, Totals>,
  guarantee: string,
): Breach[] {
  const oracle = new UsageOracle(evidence);
  const expected = new Map(
    oracle.lines().map((line) => [lineKey(line), { used: line.used, billed: oracle.billed(line) }]),
  );
  return [...new Set([...expected.keys(), ...actual.keys()])].flatMap((id): Breach[] => {
    const wanted = expected.get(id) ?? { used: 0n, billed: 0n };
    const found = actual.get(id) ?? { used: 0n, billed: 0n };
    if (wanted.used === found.used && wanted.billed === found.billed) return [];
    const text = ({ used, billed }: Totals) => `${shown(billed)} billed of ${shown(used)} used`;
    const [subscriptionId] = id.split('|');
    return [
      { guarantee, subscriptionId, found: `${id}: ${text(found)} instead of ${text(wanted)}` },
    ];
  });
}

/** Microsoft's report has been read for each day with accepted usage, and agrees. */
function report({ marketplace }: Evidence, { days, incidents }: UsageProof): Breach[] {
  const guarantee = "Microsoft's usage report agrees with the ledger";
  const accepted = Map.groupBy(marketplace.usage, (one) =>
    [one.resourceId, one.planId, one.dimension, one.hour.slice(0, 10)].join('|'),
  );
  const breaches: Breach[] = [];
  for (const day of days) {
    const { subscriptionId, planId, dimension, verdict, ours, processed } = day;
    const id = [subscriptionId, planId, dimension, day.day].join('|');
    const theirs = sum((accepted.get(id) ?? []).map(({ quantity }) => units(quantity)));
    accepted.delete(id);
    const isSame = theirs === units(ours) && theirs === units(processed ?? '0');
    if (isSame && verdict === 'agrees') continue;
    const found = `${id}: ${verdict}, ours ${ours}, processed ${processed}, accepted ${shown(theirs)}`;
    breaches.push({ guarantee, subscriptionId, found });
  }
  for (const [id, [one]] of accepted) {
    const found = `not read back: ${id}`;
    breaches.push({ guarantee, subscriptionId: one?.resourceId, found });
  }
  const open = incidents.map(({ subscriptionId, message }) => ({
    guarantee,
    subscriptionId,
    found: message,
  }));
  return [...breaches, ...open];
}

function iso(at: string | undefined): string {
  return at === undefined ? 'no term' : new Date(at).toISOString();
}

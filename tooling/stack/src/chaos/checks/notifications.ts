import type { Evidence } from '../evidence.ts';
import type { Breach } from './breach.ts';

/** Each answered notification is stored, published, received, and its task is done. */
export function checkNotifications(evidence: Evidence): Breach[] {
  const { marketplace, notifications, tasks, deadLetters } = evidence;
  const stored = new Map(notifications.map((row) => [row.operationId, row]));
  const byKey = new Map(tasks.map((task) => [task.dedupeKey, task]));
  const breaches: Breach[] = [];
  for (const { operationId, subscriptionId, action, attempts } of marketplace.deliveries) {
    const breach = (guarantee: string, found: string) =>
      void breaches.push({
        guarantee,
        subscriptionId,
        found: `${action} ${operationId}: ${found}`,
      });
    const answers = new Set(attempts.map(({ status }) => status));
    const isTaken = answers.has(200) || answers.has(400);
    const row = stored.get(operationId);
    if (answers.has(200) && answers.has(400)) {
      breach('a notification gets one verdict, however often it is delivered', '200 and 400');
    }
    const strange = [...answers].filter((status) => !EXPECTED.has(status));
    if (strange.length > 0) breach('our own faults are never answered 4xx', strange.join(', '));
    if (!isTaken) continue;
    if (!row) {
      breach('an answered notification is stored', 'no row');
      continue;
    }
    if (answers.has(400) !== (row.verdict === 'refused')) {
      breach('the stored verdict is the answered one', row.verdict);
    }
    if (!row.isPublished) breach('an answered notification is published', 'it is not');
    const task = byKey.get(`notification:${row.id}`);
    if (!task) breach('a published notification reaches the worker', 'no task');
    else if (!task.isDone) breach('a task ends', task.isParked ? 'it is parked' : 'it is open');
  }
  if (deadLetters > 0) {
    const found = `${deadLetters} dead letters`;
    breaches.push({ guarantee: 'a temporary fault causes no dead letter', found });
  }
  return [...breaches, ...repeated(notifications), ...parked(tasks)];
}

/** The gateway answers 502 while ingest is down; null means no answer. */
const EXPECTED: ReadonlySet<number | null> = new Set([200, 400, 502, 503, 504, null]);

function repeated(rows: Evidence['notifications']): Breach[] {
  const seen = new Set<string>();
  return rows.flatMap(({ operationId, subscriptionId }) => {
    if (operationId === null) return [];
    if (!seen.has(operationId)) {
      seen.add(operationId);
      return [];
    }
    const guarantee = 'a notification is stored once';
    return [{ guarantee, subscriptionId: subscriptionId ?? undefined, found: operationId }];
  });
}

function parked(tasks: Evidence['tasks']): Breach[] {
  return tasks
    .filter(({ isParked }) => isParked)
    .map(({ subscriptionId, kind }) => ({
      guarantee: 'a temporary fault parks no task',
      subscriptionId,
      found: `${kind} is parked`,
    }));
}

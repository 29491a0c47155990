import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { metrics as table } from '@landfall/contracts/metrics';
import { startAlerts } from './alerts.ts';
import { createLogger } from '../log/log.ts';
import { Metrics, reading, readings } from './metrics.ts';

/** A service with metrics that the test sets. Each check comes ten seconds after the one before. */
async function openService() {
  const lines: { level: string; msg: string; alert?: string }[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = createLogger('test', 'info', sink);
  const counts = { waiting: 0, parked: 0, drift: 0 };
  const state = {
    ms: Date.UTC(2026, 10, 22),
    ...counts,
    isBroken: false,
    read: async () => {},
  };
  const now = () => new Date(state.ms);
  const metrics = new Metrics({ log: createLogger('test', 'silent'), now });
  const { poolWaiting, tasksParked, reconcileDrift } = table;
  metrics.read([poolWaiting], async () => [reading(poolWaiting, state.waiting)]);
  metrics.read([tasksParked, reconcileDrift], async () => {
    if (state.isBroken) throw new Error('no database');
    const drift = [
      { labels: { publisher: 'contoso' }, value: state.drift },
      { labels: { publisher: 'fabrikam' }, value: 0 },
    ];
    const found = [reading(tasksParked, state.parked), readings(reconcileDrift, drift)];
    await state.read();
    return found;
  });
  const alerts = startAlerts({ service: 'fulfillment-worker', metrics, log, now });
  // The first check has ended before anything changes.
  await alerts.firing();
  const look = async (minutes = 0) => {
    state.ms += 10_000 + minutes * 60_000;
    return await alerts.firing();
  };
  const told = () => lines.filter(({ alert }) => alert).map(({ alert, msg }) => `${alert}: ${msg}`);
  return { state, look, lines, told, [Symbol.asyncDispose]: () => alerts[Symbol.asyncDispose]() };
}

test('an active alert has its value, its start and what to do, and disappears when it is over', async () => {
  await using service = await openService();
  expect(await service.look()).toEqual([]);
  service.state.parked = 2;
  const [alert] = await service.look();
  expect(alert).toMatchObject({
    alert: 'TasksParked',
    service: 'fulfillment-worker',
    severity: 'warning',
    since: new Date(service.state.ms).toISOString(),
    value: 2,
    unit: 'count',
  });
  expect(alert?.nextStep).toContain('parkedTasks.replay');
  service.state.parked = 0;
  expect(await service.look()).toEqual([]);
});

test('the start and the end of an alert are one warning each in the log, however long it lasts', async () => {
  await using service = await openService();
  service.state.parked = 1;
  for (let looks = 0; looks < 5; looks += 1) await service.look(1);
  service.state.parked = 0;
  await service.look();
  await service.look();
  expect(service.told()).toEqual(['TasksParked: alert', 'TasksParked: alert is over']);
  expect(service.lines[0]).toMatchObject({ incidentPage: '/docs/incidents#tasks-parked' });
  expect(service.lines.every(({ level }) => level === 'warn')).toBe(true);
});

test('an alert that needs a lasting condition does not fire at once', async () => {
  await using service = await openService();
  service.state.waiting = 50;
  expect(await service.look()).toEqual([]);
  service.state.waiting = 0;
  expect(await service.look(5)).toEqual([]);
  service.state.waiting = 50;
  expect(await service.look(5)).toEqual([]);
  expect(await service.look(2)).toMatchObject([{ alert: 'PoolExhausted' }]);
});

test('an alert of one publisher is separate from the same alert of another', async () => {
  await using service = await openService();
  service.state.drift = 3;
  const firing = await service.look();
  expect(firing.map(({ labels }) => labels)).toEqual([{ publisher: 'contoso' }]);
});

test('metrics that cannot be read end no alert, and raise an alert of their own', async () => {
  await using service = await openService();
  service.state.parked = 1;
  await service.look();
  service.state.isBroken = true;
  await service.look();
  const firing = await service.look(3);
  expect(firing.map(({ alert }) => alert)).toEqual(['TasksParked', 'ReadingsFailed']);
});

test('an answer knows all that happened before the question, even if a check was already under way', async () => {
  await using service = await openService();
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  service.state.read = () => {
    begun.resolve();
    return ended.promise;
  };
  const earlier = service.look();
  await begun.promise;
  service.state.parked = 1;
  const later = service.look();
  ended.resolve();
  await earlier;
  expect(await later).toMatchObject([{ alert: 'TasksParked' }]);
});

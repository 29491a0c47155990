import { expect, test } from 'vitest';
import { playDrill } from '../src/drills/drill.ts';
import { nats } from '../src/drills/nats.ts';

test('after the loss of the leader of a NATS cluster, facts arrive within bounds and no alert fires', async () => {
  const report = await playDrill(nats, {
    flags: { brief: 'true', seconds: '3' },
    say: () => undefined,
    signal: new AbortController().signal,
  });

  expect(report.broken).toEqual([]);
  expect(report.held).toEqual([
    'leader killed: facts wait less than 30 seconds',
    'leader killed: no dead letter',
    'leader killed: no alert',
  ]);
});

import { expect, test } from 'vitest';
import { playDrill, type Drill } from './drill.ts';

test('a drill that is interrupted while it compares does not say that its guarantees held', async () => {
  const stop = new AbortController();
  const drill: Drill = {
    name: 'interrupted',
    summary: 'stops before its last comparison',
    async play(context) {
      context.expect('before', true);
      stop.abort();
      context.expect('nothing is lost', true);
    },
  };

  const report = await playDrill(drill, { say: () => undefined, signal: stop.signal });

  expect(report).toMatchObject({ isComplete: false, held: ['before'], broken: [] });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { startTelemetry } from './telemetry.ts';

test('a collector that refuses spans is reported, and is no error when the service ends', async () => {
  const collector = createServer((req, res) => {
    req.resume();
    res.writeHead(403).end();
  });
  await new Promise<void>((resolve) => {
    collector.listen(0, '127.0.0.1', resolve);
  });
  const { port } = collector.address() as AddressInfo;
  const outcomes: boolean[] = [];
  const telemetry = startTelemetry({
    service: 'landing',
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      headers: undefined,
      protocol: 'http/json',
    },
    onOutcome: (hasArrived) => void outcomes.push(hasArrived),
  });
  trace.getTracer('landfall').startSpan('task').end();

  await expect(telemetry[Symbol.asyncDispose]()).resolves.toBeUndefined();

  expect(outcomes).toEqual([false]);
  collector.closeAllConnections();
  collector.close();
});

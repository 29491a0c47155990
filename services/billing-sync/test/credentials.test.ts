import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { HOUR, startWorld } from './fixture.ts';

test('usage waits for a refused secret and is sent once the file holds another, without a restart', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'landfall-credential-'));
  try {
    const file = path.join(folder, 'secret');
    await writeFile(file, 'expired-long-ago');
    await using world = await startWorld({
      env: { FULFILLMENT_CLIENT_SECRET: '', FULFILLMENT_CLIENT_SECRET_FILE: file },
    });
    const subscriptionId = await world.subscribe();
    await world.use(subscriptionId, 5);
    await world.advance(HOUR);
    await world.until(
      () => world.hours({ subscriptionId }),
      ([hour]) => hour?.problem === 'credentials.rejected',
    );
    const { clientSecret } = await world.control.rotateSecret();
    await writeFile(file, clientSecret);
    await world.advance(HOUR);
    expect(await world.settled(subscriptionId)).toMatchObject([
      { state: 'settled', reported: 5, status: 'Accepted' },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

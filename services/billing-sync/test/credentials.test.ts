import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { HOUR, openFixture } from './fixture.ts';

test('usage waits while the secret is refused and is sent without a restart once the file has a new one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'landfall-credential-'));
  try {
    const file = path.join(folder, 'secret');
    await writeFile(file, 'expired-long-ago');
    await using fixture = await openFixture({
      env: { FULFILLMENT_CLIENT_SECRET: '', FULFILLMENT_CLIENT_SECRET_FILE: file },
    });
    const subscriptionId = await fixture.subscribe();
    await fixture.use(subscriptionId, 5);
    await fixture.advance(HOUR);
    await fixture.hoursWhen(
      { subscriptionId },
      ([hour]) => hour?.problem === 'credentials.rejected',
    );
    const { clientSecret } = await fixture.control.rotateSecret();
    await writeFile(file, clientSecret);
    await fixture.advance(HOUR);
    expect(await fixture.settled(subscriptionId)).toMatchObject([
      { state: 'settled', reported: '5', status: 'Accepted' },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

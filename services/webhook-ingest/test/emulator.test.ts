import { expect, test } from 'vitest';
import { startEmulator } from '@landfall/emulator/emulator';
import { testDatabase, testNats } from '@landfall/servers/testing';
import { bootIngest, deliver, notification } from './fixture.ts';

test.each([
  [1, 'oauth2/token', 'resource'],
  [2, 'oauth2/v2.0/token', 'scope'],
] as const)(
  "the marketplace's own v%d token of the local authority is accepted",
  async (tokenVersion, path, audienceField) => {
    await using emulator = await startEmulator();
    await emulator.control.updateSettings({ tokenVersion });
    const { publisher, fulfillmentApp, marketplaceClient } = emulator.identities;
    await using database = await testDatabase();
    await using nats = await testNats();
    await using ingest = await bootIngest({
      database,
      nats,
      issuer: {
        url: emulator.authorityUrl,
        tenantId: publisher.tenantId,
        clientId: fulfillmentApp.clientId,
      },
    });
    const tokenFor = async (client: { clientId: string; clientSecret: string }) => {
      const audience = fulfillmentApp.clientId;
      const response = await fetch(`${emulator.authorityUrl}/${publisher.tenantId}/${path}`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: client.clientId,
          client_secret: client.clientSecret,
          [audienceField]: audienceField === 'scope' ? `${audience}/.default` : audience,
        }),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    };
    const genuine = await tokenFor(marketplaceClient);
    expect((await deliver(ingest, genuine, notification())).status).toBe(200);
    const other = await tokenFor(emulator.identities.landingApp);
    expect((await deliver(ingest, other, notification())).status).toBe(401);
  },
);

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sellers } from '@landfall/emulator/sellers';
import { createMarketplace } from '@landfall/marketplace/client';
import type { Fulfillment } from '@landfall/marketplace/fulfillment';
import { createTokenSource } from '@landfall/marketplace/token-source';
import type { Logger } from '@landfall/service-kit/log';
import type { RunningService } from '@landfall/service-kit/process';
import { until } from '@landfall/servers/wait';
import type { Config } from '../src/config.ts';
import { openFixture, type Fixture } from './fixture.ts';

/** Lanes that run at the same time; few, so that they are soon occupied. */
export const PLACES = 4;

interface Listed {
  readonly publisherId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly credential: { readonly secretFile: string };
}

/** A fixture with the emulator's two publishers, contoso and litware, each with its own secret file. */
export interface TwoPublishers extends AsyncDisposable {
  readonly fixture: Fixture;
  /** Litware's own access, for changes that bypass the worker. */
  readonly litware: Fulfillment;
  /** Both publishers, as settings of a list. */
  readonly publishers: readonly Listed[];
  /** Starts a worker with a list of publishers, by default both. */
  boot(
    publishers?: readonly Listed[],
    into?: Logger,
    settings?: Partial<Config>,
  ): Promise<RunningService>;
  writeSecret(publisherId: string, secret: string): Promise<void>;
  view(subscriptionId: string): ReturnType<Fixture['client']['subscriptions']['get']['query']>;
  /** A subscription to Litware's ledger, opened on Litware's landing page and active. */
  subscribedLedger(): Promise<string>;
  /** A reconciliation run, after it has ended. */
  runOf(
    runId: string,
  ): Promise<Awaited<ReturnType<Fixture['client']['reconciliation']['get']['query']>>>;
}

export async function openTwoPublishers(): Promise<TwoPublishers> {
  const fixture = await openFixture();
  const folder = await mkdtemp(path.join(tmpdir(), 'landfall-publishers-'));
  const all = sellers(fixture.emulator.identities);
  const [, litware = all[0]] = all;
  const writeSecret = (publisherId: string, secret: string) =>
    writeFile(path.join(folder, publisherId), secret);
  for (const { publisherId, fulfillmentApp } of all) {
    await writeSecret(publisherId, fulfillmentApp.clientSecret);
  }
  fixture.intake.publisherOf = (audience) =>
    all.find(({ fulfillmentApp }) => fulfillmentApp.clientId === audience)?.publisherId;
  const publishers = all.map(({ publisherId, tenantId, fulfillmentApp: { clientId } }) => ({
    publisherId,
    tenantId,
    clientId,
    credential: { secretFile: publisherId },
  }));
  const { client } = fixture;
  const view = (subscriptionId: string) => client.subscriptions.get.query({ subscriptionId });
  return {
    fixture,
    litware: accessOf(fixture, litware),
    publishers,
    boot: async (listed = publishers, into, settings = {}) => {
      const PUBLISHERS_FILE = path.join(folder, 'publishers.json');
      await writeFile(PUBLISHERS_FILE, JSON.stringify({ publishers: listed }), { mode: 0o600 });
      const places = { PUBLISHERS_FILE, LANE_CONCURRENCY: PLACES };
      const overrides = { ...NOT_SINGLE, ...places, ...settings };
      return await fixture.boot(overrides, undefined, { into });
    },
    writeSecret,
    view,
    subscribedLedger: async () => {
      const { subscriptionId, purchaseToken } = await fixture.control.purchase({
        offerId: 'ledger',
        planId: 'starter',
        beneficiary: 'tara@tailspin.example',
      });
      await client.purchases.resolve.mutate({ purchaseToken, publisherId: 'litware' });
      await client.subscriptions.activate.mutate({ subscriptionId });
      await until('the ledger is active', async () => {
        return (await view(subscriptionId)).status === 'Subscribed';
      });
      return subscriptionId;
    },
    runOf: (runId) =>
      until('the run is over', async () => {
        const run = await client.reconciliation.get.query({ runId });
        return run.state !== 'running' && run;
      }),
    [Symbol.asyncDispose]: async () => {
      await fixture[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Removes the fixture's single publisher from the settings. */
const NOT_SINGLE = {
  PUBLISHER_TENANT_ID: undefined,
  FULFILLMENT_CLIENT_ID: undefined,
  FULFILLMENT_CLIENT_SECRET: undefined,
} satisfies Partial<Config>;

function accessOf(
  { emulator }: Fixture,
  { tenantId, fulfillmentApp }: ReturnType<typeof sellers>[number],
): Fulfillment {
  const { clientId, clientSecret: secret } = fulfillmentApp;
  const { authorityUrl, marketplaceBaseUrl: baseUrl } = emulator;
  const tokens = createTokenSource({ authorityUrl, tenantId, clientId, credential: { secret } });
  return createMarketplace({ baseUrl, tokens }).fulfillment;
}

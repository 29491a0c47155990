import { keyProcedures } from '@landfall/contracts/key-procedures';
import { roleDefinitions } from '@landfall/contracts/roles';
import { until } from '@landfall/servers/wait';
import { Buyer, type Page } from '../fixture/buyer.ts';
import { acceptInvitation, bearer, callRest, sessionOf } from '../fixture/rest-calls.ts';
import type { StackClient } from '../fixture/stack-client.ts';

/** Something that was begun under one release and is continued under another. */
export interface Begun {
  /** What must work, as a sentence without its subject's release. */
  readonly guarantee: string;
  /** Continues it. Returns what went wrong; undefined if nothing did. */
  readonly finish: () => Promise<string | undefined>;
}

const SEATS = 4;

/** What people and programs have begun when an operator replaces the services. */
export async function beginUnderPresent(client: StackClient): Promise<readonly Begun[]> {
  return [
    await session(client),
    await key(client),
    await purchase(client),
    ...(await repetitionAndPage(client)),
  ];
}

/** A person has signed in to the console. */
async function session(client: StackClient): Promise<Begun> {
  const person = new Buyer(client.person('nils'));
  await acceptInvitation(client, person);
  return {
    guarantee: 'a console session continues',
    finish: async () => {
      const me = await callRest(client, sessionOf(client, person), 'GET /v1/operators/me');
      return unless(me.status === 200, `HTTP ${me.status}`);
    },
  };
}

/** A program has an API key. */
async function key(client: StackClient): Promise<Begun> {
  const wanted = { label: 'upgrade', scopes: roleDefinitions.viewer.scopes, expiresInDays: 1 };
  const made = await callRest(client, publisher(client), 'POST /v1/keys', wanted);
  const { secret } = keyProcedures.keys.create.output.parse(await made.json());
  return {
    guarantee: 'an API key works',
    finish: async () => {
      const list = await callRest(client, bearer(secret), 'GET /v1/subscriptions?limit=1');
      return unless(list.status === 200, `HTTP ${list.status}`);
    },
  };
}

/** A buyer has signed in on the landing page, and has not confirmed the purchase yet. */
async function purchase(client: StackClient): Promise<Begun> {
  const { buyer, page, subscriptionId } = await openPurchase(client);
  return {
    guarantee: 'a purchase that has begun is completed',
    finish: () => confirm(client, { buyer, page, subscriptionId }),
  };
}

/** A program repeats a command that it got no answer to, and reads the second page of a list. */
async function repetitionAndPage(client: StackClient): Promise<readonly Begun[]> {
  const opened = await openPurchase(client);
  const trouble = await confirm(client, opened);
  if (trouble) throw new Error(`a purchase was not completed: ${trouble}`);
  const path = `/v1/subscriptions/${opened.subscriptionId}/add-note` as const;
  const credentials = { ...publisher(client), 'idempotency-key': crypto.randomUUID() };
  const note = async () => {
    const answer = await callRest(client, credentials, `POST ${path}`, { text: 'upgrade' });
    return `${answer.status} ${await answer.text()}`;
  };
  const first = await note();
  const { items, nextCursor: cursor } = await client.api.subscriptions.list.query({ limit: 1 });
  return [
    {
      guarantee: 'a repeated command gets its first answer',
      finish: async () => {
        const second = await note();
        return unless(first.startsWith('200') && second === first, `${first}, then ${second}`);
      },
    },
    {
      guarantee: 'the next page of a list can be read',
      finish: async () => {
        const next = await client.api.subscriptions.list.query({ limit: 1, cursor });
        const isOther = next.items[0] !== undefined && next.items[0].id !== items[0]?.id;
        return unless(cursor !== undefined && isOther, 'the same page, or none');
      },
    },
  ];
}

interface Opened {
  readonly buyer: Buyer;
  readonly page: Page;
  readonly subscriptionId: string;
}

async function openPurchase(client: StackClient): Promise<Opened> {
  const person = client.person('ada');
  const { subscriptionId, landingUrl } = await client.control.purchase({
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: SEATS,
    beneficiary: person.email,
  });
  const buyer = new Buyer(person);
  return { buyer, page: await buyer.open(landingUrl ?? ''), subscriptionId };
}

async function confirm(
  client: StackClient,
  { buyer, page, subscriptionId }: Opened,
): Promise<string | undefined> {
  const { email } = client.person('ada');
  const { status } = await buyer.submit(page, '/landing/confirm', { email });
  if (status !== 200) return `the confirmation was answered ${status}`;
  return until(`${subscriptionId} is active`, async () => {
    const ours = await client.api.subscriptions.get.query({ subscriptionId });
    return ours.status === 'Subscribed';
  }).then(() => undefined);
}

function publisher({ stack }: StackClient) {
  return bearer(stack.operatorApiKey);
}

function unless(holds: boolean, found: string): string | undefined {
  return holds ? undefined : found;
}

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@landfall/servers/wait';
import type { Browser } from './browser.ts';
import { activeSubscription, type Fixture, openFixture, people, signInAs } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const idOf = (person: string) =>
  fixture.emulator.identities.people.find((one) => one.email === person)!;

describe('the people of a subscription', () => {
  async function asksForAccess(url: string): Promise<Browser> {
    const ben = await signInAs(fixture, people.ben);
    const page = await ben.get(url);
    expect(page.status).toBe(403);
    expect(page.heading).toBe('Request access');
    expect(page.html).toContain('Contoso Analytics');
    for (const hidden of ['Standard', 'teamdesk', people.ada]) {
      expect(page.html).not.toContain(hidden);
    }
    const formKey = page.field('formKey');
    expect((await ben.post(`${url}/access`, { formKey })).heading).toBe('Access requested');
    return ben;
  }

  const decide = async (browser: Browser, url: string, fields: Record<string, string>) => {
    const formKey = (await browser.get(`${url}/people`)).field('formKey');
    return browser.post(`${url}/people`, { formKey, ...fields });
  };
  const ben = () => ({ person: idOf(people.ben).objectId });
  const ada = () => ({ person: idOf(people.ada).objectId });

  test('start with its buyer; a colleague requests access, becomes a viewer, then an admin', async () => {
    const { browser, url } = await activeSubscription(fixture, people.ada);
    const colleague = await asksForAccess(url);
    expect((await browser.get(url)).html).toContain('1 person has requested access');
    const waiting = await browser.get(`${url}/people`);
    expect(waiting.html).toContain('Ben Fabrikam (ben@fabrikam.example)');
    await decide(browser, url, { ...ben(), do: 'set', role: 'viewer' });

    const looking = await colleague.get(url);
    expect(looking.heading).toBe('Manage your subscription');
    expect(looking.html).toContain('An owner or administrator can change its plan and seats:');
    expect(looking.html).toContain('Ada Fabrikam');
    expect(looking.html).not.toMatch(/\/(plan|seats|cancel|people)"/);
    expect((await colleague.get(`${url}/plan`)).status).toBe(403);

    await decide(browser, url, { ...ben(), do: 'set', role: 'admin' });
    const changing = await colleague.get(url);
    expect(changing.html).toContain('/plan"');
    expect(changing.html).not.toContain('/cancel"');
    expect(changing.html).toContain('An owner can cancel the subscription:');
    // Without a purchase of their own, the plain address leads there as well.
    const list = await colleague.get(`${fixture.url}/landing`);
    expect(list.path).toBe('/landing/subscriptions');
    expect(list.html).toContain(new URL(url).pathname);
  });

  test('always include an owner, and only owners add and remove owners', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    const colleague = await asksForAccess(url);
    for (const fields of [{ do: 'remove' }, { do: 'set', role: 'viewer' }]) {
      const refused = await decide(browser, url, { ...ada(), ...fields });
      expect(refused.status).toBe(409);
      expect(refused.html).toContain('You can’t remove the last owner or change their role.');
    }
    await decide(browser, url, { ...ben(), do: 'set', role: 'admin' });
    for (const fields of [
      { ...ada(), do: 'remove' },
      { ...ben(), do: 'set', role: 'owner' },
    ]) {
      expect((await decide(colleague, url, fields)).status).toBe(403);
    }
    await decide(browser, url, { ...ben(), do: 'set', role: 'owner' });
    const [removals] = await Promise.all([
      decide(browser, url, { ...ben(), do: 'remove' }),
      decide(colleague, url, { ...ada(), do: 'remove' }),
    ]);
    expect(removals.status).toBeLessThan(500);
    const owners = await fixture.query(
      "SELECT 1 FROM members WHERE subscription_id = $1 AND role = 'owner'",
      [subscriptionId],
    );
    expect(owners).toHaveLength(1);
  });

  test('cannot use a role that they lose while their request is running', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    const colleague = await asksForAccess(url);
    await decide(browser, url, { ...ben(), do: 'set', role: 'owner' });
    const formKey = (await colleague.get(`${url}/people`)).field('formKey');
    const client = new Client({ connectionString: fixture.database.urlFor('landing') });
    await client.connect();
    await client.query('BEGIN');
    await client.query(
      "UPDATE members SET role = 'viewer' WHERE subscription_id = $1 AND object_id = $2",
      [subscriptionId, ben().person],
    );
    const back = { formKey, ...ben(), do: 'set', role: 'owner' };
    const late = colleague.post(`${url}/people`, back);
    await until('a statement waits for the lock', async () => {
      const waiting = await fixture.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return waiting.length > 0;
    });
    await client.query('COMMIT');
    await client.end();
    expect((await late).status).toBe(403);
    expect((await colleague.get(`${url}/people`)).status).toBe(403);
  });

  test('get no role without an event that says who gave it', async () => {
    const { browser, url } = await activeSubscription(fixture, people.ada);
    const colleague = await asksForAccess(url);
    const bar = "CONSTRAINT no_notes CHECK (kind <> 'access.given') NOT VALID";
    await fixture.query(`ALTER TABLE events ADD ${bar}`);
    const failed = await decide(browser, url, { ...ben(), do: 'set', role: 'viewer' });
    await fixture.query('ALTER TABLE events DROP CONSTRAINT no_notes');
    expect(failed.status).toBeGreaterThanOrEqual(500);
    expect((await colleague.get(url)).heading).toBe('Access requested');
  });

  test('do not include people of the organisation that had it before, not even as owners', async () => {
    const before = await activeSubscription(fixture, people.tara);
    const { subscriptionId, url } = before;
    expect((await before.browser.get(`${url}/people`)).html).toContain('Tara');

    // From now on, Microsoft's record names another organisation.
    const { tenantId, objectId, email } = idOf(people.ada);
    const buyer = { tenantId, objectId, emailId: email };
    const changes = { beneficiary: buyer, purchaser: buyer, claimedBy: buyer };
    fixture.worker.alter(subscriptionId, changes);
    const browser = await signInAs(fixture, people.ada);

    for (const page of [url, `${url}/people`]) {
      const seen = await browser.get(page);
      expect(seen.status).toBe(200);
      expect(seen.html).toContain('Ada');
      expect(seen.html).not.toContain('Tara');
    }
    expect((await decide(browser, url, { ...ada(), do: 'remove' })).status).toBe(409);
    expect((await before.browser.get(url)).status).toBe(404);
  });

  test('who were refused or removed stay out, even the buyer, and may request access again a day later', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(fixture, people.ada);
    const colleague = await asksForAccess(url);
    await decide(browser, url, { ...ben(), do: 'remove' });
    expect((await colleague.get(url)).heading).toBe('You don’t have access');
    const formKey = (await colleague.get(url)).field('formKey');
    const again = await colleague.post(`${url}/access`, { formKey });
    expect(again.heading).toBe('You don’t have access');
    await fixture.query(
      "UPDATE members SET decided_at = decided_at - interval '25 hours' WHERE role IS NULL",
    );
    await asksForAccess(url);
    await decide(browser, url, { ...ben(), do: 'set', role: 'owner' });
    await decide(colleague, url, { ...ada(), do: 'remove' });
    expect((await browser.get(url)).status).toBe(403);
    const given = await fixture.query(
      'SELECT about_object_id, detail FROM events WHERE kind = $1 AND subscription_id = $2',
      ['access.given', subscriptionId],
    );
    expect(given).toEqual([{ about_object_id: ben().person, detail: 'owner' }]);
  });

  test('are members of the tenant: a person of another tenant and a guest cannot get access', async () => {
    const { browser, url } = await activeSubscription(fixture, people.ada);
    for (const person of [people.tara, people.gus]) {
      const stranger = await signInAs(fixture, person);
      const formKey = (await stranger.get(`${fixture.url}/landing/subscriptions`)).field('formKey');
      expect((await stranger.post(`${url}/access`, { formKey })).status).toBe(404);
      const fields = { person: idOf(person).objectId, do: 'set', role: 'admin' };
      expect((await decide(browser, url, fields)).status).toBe(404);
      expect((await stranger.get(url)).status).toBe(404);
    }
  });
});

test('open requests from a previous organisation do not count against the limit of the current one', async () => {
  const { subscriptionId, url } = await activeSubscription(fixture, people.ada);
  await fixture.query(
    `INSERT INTO members (subscription_id, tenant_id, object_id, asked_at)
      SELECT $1, 'an-organisation-before', gen_random_uuid()::text, now() FROM generate_series(1, 50)`,
    [subscriptionId],
  );
  const ben = await signInAs(fixture, people.ben);
  const formKey = (await ben.get(url)).field('formKey');

  expect((await ben.post(`${url}/access`, { formKey })).heading).toBe('Access requested');
});

test('an ended subscription gets no new people', async () => {
  const { subscriptionId, url } = await activeSubscription(fixture, people.ada);
  await fixture.emulator.control.cancel(subscriptionId);
  await fixture.query('DELETE FROM members WHERE subscription_id = $1', [subscriptionId]);
  const ada = await signInAs(fixture, people.ada);
  expect((await ada.get(url)).heading).toBe('This subscription has ended');
  const ben = await signInAs(fixture, people.ben);
  const formKey = (await ben.get(url)).field('formKey');
  expect((await ben.post(`${url}/access`, { formKey })).status).toBe(409);
  const known = (await fixture.rows('members')).map((row) => row['subscription_id']);
  expect(known).not.toContain(subscriptionId);
});

test('the list of a person without subscriptions explains how to get one', async () => {
  const browser = await signInAs(fixture, people.tara);
  const page = await browser.get(`${fixture.url}/landing/subscriptions`);
  expect(page.heading).toBe('No subscriptions yet');
});

test('a long list has pages, and shows each subscription once', async () => {
  const browser = await signInAs(fixture, people.nora);
  const nora = idOf(people.nora);
  const ids = [];
  for (let count = 0; count < 12; count += 1) {
    const { subscriptionId } = await fixture.emulator.control.purchase({
      offerId: 'analytics',
      planId: 'starter',
      beneficiary: people.nora,
    });
    ids.push(subscriptionId);
    await fixture.query(
      `INSERT INTO members (subscription_id, tenant_id, object_id, role, decided_at)
       VALUES ($1, $2, $3, 'owner', '2026-11-01T10:00:00Z')`,
      [subscriptionId, nora.tenantId, nora.objectId],
    );
  }
  const seen: string[] = [];
  let next: string | undefined = '/landing/subscriptions';
  while (next) {
    const { html } = await browser.get(fixture.url + next);
    seen.push(...[...html.matchAll(/subscriptions\/([0-9a-f-]{36})"/g)].map(([, id = '']) => id));
    next = /href="([^"]*\?after=[^"]*)"/.exec(html)?.[1];
  }
  expect(seen.toSorted()).toEqual(ids.toSorted());
});

test('the log contains no name and no address of a person', () => {
  const logged = fixture.lines.join('\n');
  expect(logged).not.toMatch(/fabrikam|Ada |\bBen\b|tailspin/i);
});

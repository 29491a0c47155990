import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from './browser.ts';
import {
  activeSubscription,
  buyAndSignIn,
  openStage,
  people,
  signInAs,
  until,
  type Stage,
} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  // Otherwise each change waits ten seconds for the answer of a webhook that is not there.
  await stage.emulator.control.updateSettings({
    oddities: { partnerWebhook: 'measured' },
    partnerDelayMs: 50,
  });
});
afterEach(() => stage.worker.changes.hold(false));
afterAll(() => stage[Symbol.asyncDispose]());

/** Sends the form of a page with its own hidden fields and `fields`. */
function submit(browser: Browser, page: Page, fields: Record<string, string> = {}): Promise<Page> {
  const own = Object.fromEntries(
    ['formKey', 'from', 'to', 'request'].flatMap((name) =>
      page.html.includes(`name="${name}"`) ? [[name, page.field(name)]] : [],
    ),
  );
  return browser.post(page.url.split('?')[0] ?? '', { ...own, ...fields });
}

const idOf = (person: string) =>
  stage.emulator.identities.people.find((one) => one.email === person)!;

const asked = (subscriptionId: string) =>
  stage.worker.changes.asked.filter((one) => one.subscriptionId === subscriptionId);

describe('the page of an active subscription', () => {
  it('says where it stands, and leads to what an owner may do', async () => {
    const { browser, url } = await activeSubscription(stage, people.ada);
    const page = await browser.get(url);
    expect(page.heading).toBe('Manage your subscription');
    for (const shown of ['is active and renews on', 'Standard', '20', '1 month', 'Owner']) {
      expect(page.html).toContain(shown);
    }
    for (const below of ['plan', 'seats', 'cancel', 'people', 'history']) {
      expect(page.html).toContain(`${new URL(url).pathname}/${below}"`);
    }
  });

  it('has no buttons that a partner’s purchase cannot have, says why, and refuses the posts', async () => {
    const {
      browser,
      page: bought,
      subscriptionId,
    } = await buyAndSignIn(stage, people.ada, {
      purchaser: people.sam,
    });
    await stage.emulator.control.updateSettings({ activationDelayMs: 0 });
    await browser.post(`${stage.url}/landing/confirm`, {
      formKey: bought.field('formKey'),
      visit: bought.field('visit'),
      email: people.ada,
    });
    const url = `${stage.url}/landing/subscriptions/${subscriptionId}`;
    const page = await until(
      () => browser.get(url),
      (seen) => seen.heading === 'Manage your subscription',
    );
    expect(page.html).toContain('changed by the partner');
    expect(page.html).not.toMatch(/\/(plan|seats|cancel)"/);
    for (const act of ['plan', 'seats', 'cancel']) {
      const refused = await browser.post(`${url}/${act}`, {
        formKey: page.field('formKey'),
        request: '3f2b8a50-7a0e-4a51-9d0b-3f3c6a1f2b90',
        from: act === 'plan' ? 'standard' : '20',
        to: act === 'plan' ? 'basic' : '21',
        understood: 'yes',
      });
      expect(refused.status).toBe(403);
      expect(refused.html).toContain('changed by the partner');
    }
    expect(asked(subscriptionId)).toEqual([]);
  });

  it('of what is not active is the page for that', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    await stage.emulator.control.suspend(subscriptionId);
    expect((await browser.get(url)).heading).toBe('Payment is missing');
    await stage.emulator.control.cancel(subscriptionId);
    const erasedAt = '2099-03-01T10:00:00.000Z';
    stage.worker.alter(subscriptionId, { deadlines: [{ kind: 'erasure', at: erasedAt }] });
    const ended = await browser.get(url);
    expect(ended.heading).toBe('This subscription has ended');
    expect(ended.html).toContain('Your data is kept until 1 March 2099');
    const late = await browser.get(`${url}/plan`);
    expect(late.status).toBe(409);
    expect(late.html).toContain('has ended and cannot be changed');
    const pending = await buyAndSignIn(stage, people.ada);
    const page = await pending.browser.get(
      `${stage.url}/landing/subscriptions/${pending.subscriptionId}`,
    );
    expect(page.heading).toBe('Confirm your purchase');
  });

  it('is led to after sign-in, and stays itself in another language', async () => {
    const { url } = await activeSubscription(stage, people.ada);
    const browser = await signInAs(stage, people.ada);
    const german = await browser.get(url, { 'accept-language': 'de' });
    expect(german.heading).toBe('Ihr Abonnement verwalten');
  });
});

describe('a change of plan', () => {
  it('is offered where it is possible, explained, approved once, and followed to its end', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    const choose = await browser.get(`${url}/plan`);
    expect(choose.html).toContain('value="basic"');
    expect(choose.html).not.toContain('value="legacy"');
    expect(choose.html).not.toContain('value="standard"');
    expect(choose.html).toContain('Your plan now');

    const check = await browser.get(`${url}/plan?to=basic`);
    expect(check.heading).toBe('Check the change');
    expect(check.html).toContain('US$8.00 per seat');
    expect(check.html).toContain('Today, ');
    expect(asked(subscriptionId)).toEqual([]);

    const pages = await Promise.all([
      submit(browser, check),
      submit(browser.copy(), check),
      submit(browser.copy(), check),
    ]);
    expect(new Set(pages.map(({ path }) => path)).size).toBe(1);
    const { tenantId, objectId } = idOf(people.ada);
    expect(asked(subscriptionId)).toMatchObject([
      { wanted: { planId: 'basic' }, approvedBy: `entra:${tenantId}/${objectId}` },
    ]);
    const [followed] = pages;
    const done = await until(
      () => browser.get(followed.url),
      (seen) => seen.heading === 'The change is in force',
    );
    expect(done.html).toContain('Change to the plan Basic');
    const state = JSON.parse((await browser.get(`${followed.url}/state`)).html) as object;
    expect(state).toMatchObject({ stage: 'succeeded', isFinal: true });
    const home = await browser.get(url);
    expect(home.html).toContain('Your last change is in force.');
    const history = await browser.get(`${url}/history`);
    expect(history.html).toContain('Requested by Ada Fabrikam: change to the plan Basic.');
    expect((await submit(browser, check)).path).toBe(followed.path);
    expect(asked(subscriptionId)).toHaveLength(1);
  });

  it('to a plan that is not offered is refused and changes nothing', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    expect((await browser.get(`${url}/plan?to=legacy`)).status).toBe(409);
    const check = await browser.get(`${url}/plan?to=basic`);
    const refused = await submit(browser, check, { to: 'legacy' });
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('cannot move to this plan');
    expect(asked(subscriptionId)).toEqual([]);
  });

  it('is not made from a form that is older than what is in force', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    const check = await browser.get(`${url}/plan?to=basic`);
    const first = await submit(browser, await browser.get(`${url}/plan?to=trial`));
    await until(
      () => browser.get(first.url),
      (seen) => seen.heading === 'The change is in force',
    );
    const refused = await submit(browser, check);
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('has changed since you opened the form');
    expect(asked(subscriptionId)).toHaveLength(1);
  });

  it('is seen under way by everybody, shuts out the next, and tells in words how it failed', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    stage.worker.changes.hold(true);
    const following = await submit(browser, await browser.get(`${url}/plan?to=basic`));
    expect(following.heading).toBe('Your request is recorded');
    const later = await signInAs(stage, people.ada);
    const home = await later.get(url);
    expect(home.html).toContain('A change is under way');
    expect(home.html).not.toMatch(/\/(plan|seats|cancel)"/);
    expect((await later.get(`${url}/seats`)).html).toContain('Another change is under way.');
    const [change] = asked(subscriptionId);
    for (const [failure, words] of [
      ['locked', 'another change, made elsewhere'],
      ['refused', 'does not allow this change'],
      ['conflict', 'was in force already'],
      ['task-expired', 'has not confirmed it'],
    ] as const) {
      stage.worker.changes.fail(change!.changeId, failure);
      const failed = await later.get(following.url);
      expect(failed.heading).toBe('The change was not made');
      expect(failed.html).toContain(words);
    }
    expect((await later.get(url)).html).toContain('Your last change was not made.');
  });

  it('that the worker refuses is refused in words', async () => {
    const { browser, url } = await activeSubscription(stage, people.ada);
    const check = await browser.get(`${url}/plan?to=basic`);
    stage.worker.changes.refuseNext('subscription.change-pending');
    const refused = await submit(browser, check);
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('Another change is under way.');
  });

  it('that could not be handed over says so, and is one change when it is sent again', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    const check = await browser.get(`${url}/plan?to=basic`);
    const startAgain = await stage.stopWorker();
    expect((await submit(browser, check)).status).toBe(503);
    startAgain();
    // The stand-in has forgotten everything but what Microsoft knows: the buyer is found by that.
    const pages = [await submit(browser, check), await submit(browser, check)];
    expect(pages[0]?.path).toBe(pages[1]?.path);
    expect(asked(subscriptionId)).toHaveLength(1);
  });
});

describe('a change of seats', () => {
  it('is held to what the plan allows and takes effect when Microsoft has confirmed it', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    const form = await browser.get(`${url}/seats`);
    expect(form.html).toMatch(/min="5"[\s\S]*max="100"/);
    for (const wrong of ['4', '101', '20', '7.5', '-1', 'many', '']) {
      const again = await browser.get(`${url}/seats?to=${wrong}`);
      expect(again.status).toBe(422);
      expect(again.html).toContain('aria-invalid="true"');
    }
    const check = await browser.get(`${url}/seats?to=25`);
    expect((await submit(browser, check, { to: '500' })).status).toBe(409);
    const following = await submit(browser, check);
    await until(
      () => browser.get(following.url),
      (seen) => seen.heading === 'The change is in force',
    );
    expect(asked(subscriptionId)).toMatchObject([{ wanted: { quantity: 25 } }]);
    expect((await browser.get(url)).html).toContain('25');
  });

  it('does not exist where the plan is not sold per seat', async () => {
    const { browser, url } = await activeSubscription(stage, people.ada, {
      offerId: 'analytics',
      planId: 'starter',
    });
    expect((await browser.get(url)).html).not.toContain('/seats"');
    const refused = await browser.get(`${url}/seats`);
    expect(refused.status).toBe(409);
    expect(refused.html).toContain('not sold per seat');
  });
});

describe('a cancellation', () => {
  it('says what follows, wants a tick, and ends the subscription', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    const form = await browser.get(`${url}/cancel`);
    for (const shown of ['can no longer use Contoso Analytics', '72 hours', 'at least 7 days']) {
      expect(form.html).toContain(shown);
    }
    const missing = await submit(browser, form);
    expect(missing.status).toBe(422);
    expect(missing.html).toContain('aria-invalid="true"');
    expect(asked(subscriptionId)).toEqual([]);
    const following = await submit(browser, missing, { understood: 'yes' });
    const ended = await until(
      () => browser.get(following.url),
      (seen) => seen.heading === 'The subscription has ended',
    );
    expect(ended.html).toContain('Cancellation');
    expect((await browser.get(url)).heading).toBe('This subscription has ended');
  });
});

describe('the people of a subscription', () => {
  async function asksForAccess(url: string): Promise<Browser> {
    const ben = await signInAs(stage, people.ben);
    const page = await ben.get(url);
    expect(page.status).toBe(403);
    expect(page.heading).toBe('Ask for access');
    expect(page.html).toContain('Contoso Analytics');
    for (const hidden of ['Standard', 'teamdesk', people.ada]) {
      expect(page.html).not.toContain(hidden);
    }
    const formKey = page.field('formKey');
    expect((await ben.post(`${url}/access`, { formKey })).heading).toBe(
      'You have asked for access',
    );
    return ben;
  }

  const decide = async (browser: Browser, url: string, fields: Record<string, string>) => {
    const formKey = (await browser.get(`${url}/people`)).field('formKey');
    return browser.post(`${url}/people`, { formKey, ...fields });
  };
  const ben = () => ({ person: idOf(people.ben).objectId });
  const ada = () => ({ person: idOf(people.ada).objectId });

  it('begin with its buyer; a colleague asks, is let in to look, then to change', async () => {
    const { browser, url } = await activeSubscription(stage, people.ada);
    const colleague = await asksForAccess(url);
    expect((await browser.get(url)).html).toContain('1 person asks for access');
    const waiting = await browser.get(`${url}/people`);
    expect(waiting.html).toContain('Ben Fabrikam (ben@fabrikam.example)');
    await decide(browser, url, { ...ben(), do: 'set', role: 'viewer' });

    const looking = await colleague.get(url);
    expect(looking.heading).toBe('Manage your subscription');
    expect(looking.html).toContain('changed by an owner or administrator');
    expect(looking.html).toContain('Ada Fabrikam');
    expect(looking.html).not.toMatch(/\/(plan|seats|cancel|people)"/);
    expect((await colleague.get(`${url}/plan`)).status).toBe(403);

    await decide(browser, url, { ...ben(), do: 'set', role: 'admin' });
    const changing = await colleague.get(url);
    expect(changing.html).toContain('/plan"');
    expect(changing.html).not.toContain('/cancel"');
    expect(changing.html).toContain('can be cancelled by an owner');
    // Without a purchase of their own, the plain address leads there too.
    const list = await colleague.get(`${stage.url}/landing`);
    expect(list.path).toBe('/landing/subscriptions');
    expect(list.html).toContain(new URL(url).pathname);
  });

  it('always have an owner, and owners are made and unmade by owners', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    const colleague = await asksForAccess(url);
    for (const fields of [{ do: 'remove' }, { do: 'set', role: 'viewer' }]) {
      const refused = await decide(browser, url, { ...ada(), ...fields });
      expect(refused.status).toBe(409);
      expect(refused.html).toContain('The last owner cannot be removed');
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
    const owners = await stage.query(
      "SELECT 1 FROM members WHERE subscription_id = $1 AND role = 'owner'",
      [subscriptionId],
    );
    expect(owners).toHaveLength(1);
  });

  it('who were refused or removed stay out, the buyer too, and may ask again a day later', async () => {
    const { browser, subscriptionId, url } = await activeSubscription(stage, people.ada);
    const colleague = await asksForAccess(url);
    await decide(browser, url, { ...ben(), do: 'remove' });
    expect((await colleague.get(url)).heading).toBe('You have no access');
    const formKey = (await colleague.get(url)).field('formKey');
    const again = await colleague.post(`${url}/access`, { formKey });
    expect(again.heading).toBe('You have no access');
    await stage.query(
      "UPDATE members SET decided_at = decided_at - interval '25 hours' WHERE role IS NULL",
    );
    await asksForAccess(url);
    await decide(browser, url, { ...ben(), do: 'set', role: 'owner' });
    await decide(colleague, url, { ...ada(), do: 'remove' });
    expect((await browser.get(url)).status).toBe(403);
    const given = await stage.query(
      'SELECT about_object_id, detail FROM events WHERE kind = $1 AND subscription_id = $2',
      ['access.given', subscriptionId],
    );
    expect(given).toEqual([{ about_object_id: ben().person, detail: 'owner' }]);
  });

  it('are the tenant’s members: a person of another tenant, and a guest, cannot be let in', async () => {
    const { browser, url } = await activeSubscription(stage, people.ada);
    for (const person of [people.tara, people.gus]) {
      const stranger = await signInAs(stage, person);
      const formKey = (await stranger.get(`${stage.url}/landing/subscriptions`)).field('formKey');
      expect((await stranger.post(`${url}/access`, { formKey })).status).toBe(404);
      const fields = { person: idOf(person).objectId, do: 'set', role: 'admin' };
      expect((await decide(browser, url, fields)).status).toBe(404);
      expect((await stranger.get(url)).status).toBe(404);
    }
  });
});

it('nobody new is written down of a subscription that has ended', async () => {
  const { subscriptionId, url } = await activeSubscription(stage, people.ada);
  await stage.emulator.control.cancel(subscriptionId);
  await stage.query('DELETE FROM members WHERE subscription_id = $1', [subscriptionId]);
  const ada = await signInAs(stage, people.ada);
  expect((await ada.get(url)).heading).toBe('This subscription has ended');
  const ben = await signInAs(stage, people.ben);
  const formKey = (await ben.get(url)).field('formKey');
  expect((await ben.post(`${url}/access`, { formKey })).status).toBe(409);
  const known = (await stage.rows('members')).map((row) => row['subscription_id']);
  expect(known).not.toContain(subscriptionId);
});

it('the list of a person without a subscription says how to come to one', async () => {
  const browser = await signInAs(stage, people.tara);
  const page = await browser.get(`${stage.url}/landing/subscriptions`);
  expect(page.heading).toBe('There is nothing here for this account yet');
});

it('a long list goes on page by page, each subscription once', async () => {
  const browser = await signInAs(stage, people.nora);
  const nora = idOf(people.nora);
  const ids = [];
  for (let count = 0; count < 12; count += 1) {
    const { subscriptionId } = await stage.emulator.control.purchase({
      offerId: 'analytics',
      planId: 'starter',
      beneficiary: people.nora,
    });
    ids.push(subscriptionId);
    await stage.query(
      `INSERT INTO members (subscription_id, tenant_id, object_id, role, decided_at)
       VALUES ($1, $2, $3, 'owner', '2026-11-01T10:00:00Z')`,
      [subscriptionId, nora.tenantId, nora.objectId],
    );
  }
  const seen: string[] = [];
  let next: string | undefined = '/landing/subscriptions';
  while (next) {
    const { html } = await browser.get(stage.url + next);
    seen.push(...[...html.matchAll(/subscriptions\/([0-9a-f-]{36})"/g)].map(([, id = '']) => id));
    next = /href="([^"]*\?after=[^"]*)"/.exec(html)?.[1];
  }
  expect(seen.toSorted()).toEqual(ids.toSorted());
});

it('no name, address or plan that a person chose is in the log', () => {
  const logged = stage.lines.join('\n');
  expect(logged).not.toMatch(/fabrikam|Ada |\bBen\b|tailspin/i);
});

import { describe, expect, test } from 'vitest';
import { snapshot, subscription } from '../test/given.ts';
import { mayClaim, PERSONAL_ACCOUNTS_TENANT } from './claim.ts';
import { decide } from './decide.ts';
import { evolveAll } from './evolve.ts';
import { observe } from './observe.ts';
import type { Person, Subscription } from './subscription.ts';

const at = new Date('2026-01-06T10:00:00Z');
const ada = { tenantId: 'fabrikam', objectId: 'ada', emailId: 'ada@fabrikam.example' };
const ben = { tenantId: 'northwind', objectId: 'ben', emailId: 'ben@northwind.example' };
const sam = { tenantId: 'partner', objectId: 'sam' };

const bought = (beneficiary: Person, purchaser: Person = beneficiary) =>
  subscription({ status: 'Subscribed', beneficiary, purchaser });

/** Our record after another reading that names these people. */
function read(known: Subscription, beneficiary: Person, purchaser: Person = beneficiary) {
  const events = observe(known, snapshot({ beneficiary, purchaser }));
  return { events, state: evolveAll(known, events)! };
}

describe('who may claim a purchase', () => {
  test.each<[string, Person, Person, Person, boolean]>([
    ['a colleague of the beneficiary', ada, ada, { tenantId: 'FABRIKAM', objectId: 'x' }, true],
    ['a person of another organisation', ada, ada, ben, false],
    ['the partner who bought it', ada, sam, sam, false],
    ['a person without a tenant', ada, ada, { emailId: ada.emailId }, false],
    ['a colleague of the purchaser, while no beneficiary is named', {}, sam, sam, true],
    ['another person, while only the purchaser is named', {}, sam, ben, false],
    ['the holder of the token, until a tenant is named', {}, {}, ben, true],
  ])('%s', (_who, beneficiary, purchaser, person, isAllowed) => {
    expect(mayClaim({ beneficiary, purchaser }, person)).toBe(isAllowed);
    const decision = decide(
      bought(beneficiary, purchaser),
      { type: 'activate', claimedBy: person },
      at,
    );
    expect(decision).toEqual(
      isAllowed
        ? { events: [{ type: 'claimed', claimedBy: person }] }
        : { rejected: 'subscription.other-tenant' },
    );
  });

  test('with personal accounts, which share one tenant, only the named person may', () => {
    const pia = { tenantId: PERSONAL_ACCOUNTS_TENANT, objectId: 'pia' };
    expect(mayClaim({ beneficiary: pia, purchaser: pia }, pia)).toBe(true);
    expect(mayClaim({ beneficiary: pia, purchaser: pia }, { ...pia, objectId: 'x' })).toBe(false);
  });
});

describe('a reading with other people', () => {
  test('fills in people who were not named before, and keeps their claim', () => {
    const known = { ...bought({}), claimedBy: ada };
    const { events, state } = read(known, ada);
    expect(events).toEqual([
      { type: 'beneficiaryChanged', from: {}, to: ada },
      { type: 'purchaserChanged', from: {}, to: ada },
    ]);
    expect(state).toMatchObject({ beneficiary: ada, purchaser: ada, claimedBy: ada });
    expect(observe(state, snapshot({ beneficiary: ada, purchaser: ada }))).toEqual([]);
  });

  test('from another organisation ends the claim, and the new beneficiary may claim', () => {
    const known = { ...bought(ada), claimedBy: ada };
    const { events, state } = read(known, ben, ada);
    expect(events).toEqual([{ type: 'beneficiaryChanged', from: ada, to: ben }]);
    expect(state.claimedBy).toBeUndefined();
    const again = decide(state, { type: 'activate', claimedBy: ada }, at);
    expect(again).toEqual({ rejected: 'subscription.other-tenant' });
    expect(decide(state, { type: 'activate', claimedBy: ben }, at)).toMatchObject({
      events: [{ type: 'claimed' }],
    });
  });

  test('from the same organisation keeps the claim', () => {
    const colleague = { tenantId: 'fabrikam', objectId: 'cleo' };
    const { state } = read({ ...bought(ada), claimedBy: ada }, colleague, ada);
    expect(state).toMatchObject({ beneficiary: colleague, claimedBy: ada });
  });

  test('never mixes fields of the old and the new person', () => {
    const { state } = read(bought(ada), { tenantId: 'northwind' }, ada);
    expect(state.beneficiary).toEqual({ tenantId: 'northwind' });
    const renamed = read(bought(ada), { objectId: 'cleo' }, ada);
    expect(renamed.state.beneficiary).toEqual({ tenantId: 'fabrikam', objectId: 'cleo' });
  });

  test('that omits people, or spells them in another case, changes nothing', () => {
    expect(read(bought(ada), {}).events).toEqual([]);
    expect(read(bought(ada), { tenantId: 'FABRIKAM' }).events).toEqual([]);
    expect(read(bought(ada), { emailId: 'Ada@Fabrikam.example' }, ada).events).toEqual([]);
  });

  test('of an ended subscription adds no people', () => {
    const ended = subscription({ status: 'Unsubscribed', beneficiary: {}, purchaser: {} });
    const late = snapshot({ status: 'Unsubscribed', beneficiary: ada, purchaser: ada });
    expect(observe(ended, late)).toEqual([]);
  });
});

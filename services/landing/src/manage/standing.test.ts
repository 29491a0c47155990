import { describe, expect, test } from 'vitest';
import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import { standingOf } from './standing.ts';

const at = new Date('2026-11-20T12:00:00Z');
const hoursAgo = (hours: number) => new Date(at.getTime() - hours * 60 * 60 * 1000);
const ada = { tenantId: 'fabrikam', objectId: 'ada' };
const ben = { tenantId: 'fabrikam', objectId: 'ben' };
const tara = { tenantId: 'tailspin', objectId: 'tara' };
const subscription = { beneficiary: ada, purchaser: ada, claimedBy: ada };
const owner = { role: 'owner', decidedAt: hoursAgo(1) } as const;
const refusedLately = { role: null, decidedAt: hoursAgo(1) };

const seen = (
  visitor: Parameters<typeof standingOf>[1],
  member?: Parameters<typeof standingOf>[2]['member'],
  of: Parameters<typeof standingOf>[0] = subscription,
) => standingOf(of, visitor, { member, at });

describe('a person is to a subscription', () => {
  test.each([
    ['its first owner, who linked it', ada, undefined, { kind: 'member', isNew: true }],
    ['what an owner has decided', ben, owner, { kind: 'member', role: 'owner', isNew: false }],
    ['a colleague', ben, undefined, { kind: 'colleague', request: 'none' }],
    [
      'a colleague who requested access',
      ben,
      { role: null, decidedAt: null },
      { request: 'waiting' },
    ],
    ['a colleague who was refused', ben, refusedLately, { request: 'refused' }],
    [
      'a colleague who may request access again',
      ben,
      { role: null, decidedAt: hoursAgo(25) },
      { request: 'none' },
    ],
    ['an owner who was removed', ada, refusedLately, { kind: 'colleague', request: 'refused' }],
    ['a stranger of another tenant', tara, undefined, { kind: 'stranger' }],
    ['a stranger, whatever role is stored', tara, owner, { kind: 'stranger' }],
    ['a guest', { ...ben, isGuest: true }, undefined, { kind: 'stranger' }],
    ['a guest, whatever role is stored', { ...ben, isGuest: true }, owner, { kind: 'stranger' }],
    ['a guest who bought it', { ...ada, isGuest: true }, undefined, { kind: 'member' }],
  ] as const)('%s', (_, visitor, member, expected) => {
    expect(seen(visitor, member)).toMatchObject(expected);
  });

  test('a stranger if Microsoft names no person', () => {
    const unnamed = { beneficiary: {}, purchaser: {}, claimedBy: undefined };
    expect(seen(ada, undefined, unnamed)).toEqual({ kind: 'stranger' });
    expect(seen(ada, owner, unnamed)).toEqual({ kind: 'stranger' });
  });

  test('a stranger with another personal account than the buyer’s', () => {
    const pia = { tenantId: PERSONAL_ACCOUNTS_TENANT, objectId: 'pia' };
    const bought = { beneficiary: pia, purchaser: pia };
    expect(seen(pia, undefined, bought)).toMatchObject({ kind: 'member' });
    expect(seen({ ...pia, objectId: 'max' }, undefined, bought)).toEqual({ kind: 'stranger' });
  });

  test('no longer an owner by linking it when it belonged to another organisation', () => {
    const moved = { beneficiary: tara, purchaser: tara, claimedBy: ada };
    expect(seen(ada, undefined, moved)).toEqual({ kind: 'stranger' });
    expect(seen(ada, owner, moved)).toEqual({ kind: 'stranger' });
    const unnamed = { beneficiary: {}, purchaser: {}, claimedBy: ada };
    expect(seen(ada, undefined, unnamed)).toMatchObject({ kind: 'member', role: 'owner' });
  });

  test('not a member for belonging to the partner that bought it', () => {
    const sold = { beneficiary: ada, purchaser: tara, claimedBy: ada };
    expect(seen(tara, undefined, sold)).toEqual({ kind: 'stranger' });
  });
});

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

describe('a person', () => {
  test.each([
    [
      'who linked the subscription is its first owner',
      ada,
      undefined,
      { kind: 'member', isNew: true },
    ],
    [
      'with a stored role has that role',
      ben,
      owner,
      { kind: 'member', role: 'owner', isNew: false },
    ],
    ['of the same tenant is a colleague', ben, undefined, { kind: 'colleague', request: 'none' }],
    [
      'who requested access is a colleague',
      ben,
      { role: null, decidedAt: null },
      { request: 'waiting' },
    ],
    ['who was refused is a colleague', ben, refusedLately, { request: 'refused' }],
    [
      'who was refused a day ago is a colleague who may request access again',
      ben,
      { role: null, decidedAt: hoursAgo(25) },
      { request: 'none' },
    ],
    [
      'who was the owner and was removed is a colleague',
      ada,
      refusedLately,
      { kind: 'colleague', request: 'refused' },
    ],
    ['of another tenant is a stranger', tara, undefined, { kind: 'stranger' }],
    ['of another tenant is a stranger, whatever role is stored', tara, owner, { kind: 'stranger' }],
    ['who is a guest is a stranger', { ...ben, isGuest: true }, undefined, { kind: 'stranger' }],
    [
      'who is a guest is a stranger, whatever role is stored',
      { ...ben, isGuest: true },
      owner,
      { kind: 'stranger' },
    ],
    [
      'who is a guest and bought the subscription is a member',
      { ...ada, isGuest: true },
      undefined,
      { kind: 'member' },
    ],
  ] as const)('%s', (_, visitor, member, expected) => {
    expect(seen(visitor, member)).toMatchObject(expected);
  });

  test('is a stranger if Microsoft names no person', () => {
    const unnamed = { beneficiary: {}, purchaser: {}, claimedBy: undefined };
    expect(seen(ada, undefined, unnamed)).toEqual({ kind: 'stranger' });
    expect(seen(ada, owner, unnamed)).toEqual({ kind: 'stranger' });
  });

  test('with another personal account than the buyer’s is a stranger', () => {
    const pia = { tenantId: PERSONAL_ACCOUNTS_TENANT, objectId: 'pia' };
    const bought = { beneficiary: pia, purchaser: pia };
    expect(seen(pia, undefined, bought)).toMatchObject({ kind: 'member' });
    expect(seen({ ...pia, objectId: 'max' }, undefined, bought)).toEqual({ kind: 'stranger' });
  });

  test('who linked the subscription for a previous organisation is no longer its owner', () => {
    const moved = { beneficiary: tara, purchaser: tara, claimedBy: ada };
    expect(seen(ada, undefined, moved)).toEqual({ kind: 'stranger' });
    expect(seen(ada, owner, moved)).toEqual({ kind: 'stranger' });
    const unnamed = { beneficiary: {}, purchaser: {}, claimedBy: ada };
    expect(seen(ada, undefined, unnamed)).toMatchObject({ kind: 'member', role: 'owner' });
  });

  test('of the partner that bought the subscription is a stranger', () => {
    const sold = { beneficiary: ada, purchaser: tara, claimedBy: ada };
    expect(seen(tara, undefined, sold)).toEqual({ kind: 'stranger' });
  });
});

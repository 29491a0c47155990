import { describe, expect, test } from 'vitest';
import { readIdToken } from './id-token.ts';

const authorityUrl = 'https://login.microsoftonline.com';
const tid = '11111111-2222-4333-8444-555555555555';
const now = new Date('2026-11-20T12:00:00Z');
const expected = { clientId: 'app', nonce: 'n1', authorityUrl, now };
const claims = {
  aud: 'app',
  iss: `${authorityUrl}/${tid}/v2.0`,
  exp: now.getTime() / 1000 + 3600,
  nonce: 'n1',
  tid,
  oid: 'AAAAAAAA-2222-4333-8444-555555555555',
  name: 'Ada',
  preferred_username: 'ada@fabrikam.example',
};

describe('an ID token', () => {
  test('identifies the person by tenant and object id in lower case', () => {
    expect(readIdToken(claims, expected)).toEqual({
      person: {
        tenantId: tid,
        objectId: 'aaaaaaaa-2222-4333-8444-555555555555',
        name: 'Ada',
        email: 'ada@fabrikam.example',
        appRoles: [],
      },
    });
  });

  test.each([
    ['for another application', { aud: 'other' }, 'audience'],
    ['with another nonce', { nonce: 'n2' }, 'nonce'],
    ['without nonce', { nonce: undefined }, 'nonce'],
    ['of another tenant than its issuer', { tid: `${tid.slice(0, -1)}6` }, 'issuer'],
    ['of another authority', { iss: `https://evil.example/${tid}/v2.0` }, 'issuer'],
    ['of the older issuer form', { iss: `https://sts.windows.net/${tid}/` }, 'issuer'],
    ['that has expired', { exp: now.getTime() / 1000 - 120 }, 'expired'],
    ['without object id', { oid: undefined }, 'identity'],
    ['whose tenant is no GUID', { tid: 'common', iss: `${authorityUrl}/common/v2.0` }, 'identity'],
  ])('%s is refused', (_, change, problem) => {
    expect(readIdToken({ ...claims, ...change }, expected)).toEqual({ problem });
  });

  test.each([
    ['Ada\u0000 Fabrikam', 'Ada  Fabrikam'],
    ['\u202eadA', 'adA'],
    ['\u0007', undefined],
  ])('gives a name that can be stored and shown: %j', (name, shown) => {
    const read = readIdToken({ ...claims, name }, expected);
    expect('person' in read && read.person.name).toBe(shown);
  });

  test('gives no e-mail address if the user name is a phone number', () => {
    const read = readIdToken({ ...claims, preferred_username: '+49 30 1234' }, expected);
    expect(read).toMatchObject({ person: { name: 'Ada' } });
    expect(read).not.toHaveProperty('person.email');
  });

  test.each([
    [{ xms_pl: 'de-AT' }, 'de-AT'],
    [{ locale: 'ja_JP' }, 'ja_JP'],
    [{ xms_pl: 7 }, undefined],
  ])("gives the account's language: %j", (change, languageTag) => {
    const read = readIdToken({ ...claims, ...change }, expected);
    expect('person' in read && read.person.languageTag).toBe(languageTag);
  });

  test.each([
    [
      ['Landfall.Admin', 'Other'],
      ['Landfall.Admin', 'Other'],
    ],
    ['Landfall.Admin', []],
    [undefined, []],
  ])('gives the app roles of the person: %j', (roles, appRoles) => {
    const read = readIdToken({ ...claims, roles }, expected);
    expect('person' in read && read.person.appRoles).toEqual(appRoles);
  });

  test.each([
    ['has the guest claim', { acct: 1 }, true],
    [
      'comes from another tenant',
      { idp: 'https://sts.windows.net/22222222-2222-4333-8444-555555555555/' },
      true,
    ],
    ['comes from another provider', { idp: 'google.com' }, true],
    ['is a member', { acct: 0, idp: `https://sts.windows.net/${tid}/` }, undefined],
    ['is a member of whom nothing is said', {}, undefined],
  ])('recognises guests: the person %s', (_, change, isGuest) => {
    const read = readIdToken({ ...claims, ...change }, expected);
    expect('person' in read && read.person.isGuest).toBe(isGuest);
  });

  test('of a personal account is never a guest, whichever provider it names', () => {
    const tenant = '9188040d-6c67-4c5b-b112-36a304b66dad';
    const own = { tid: tenant, iss: `${authorityUrl}/${tenant}/v2.0`, idp: 'live.com' };
    expect(readIdToken({ ...claims, ...own }, expected)).not.toHaveProperty('person.isGuest');
  });
});

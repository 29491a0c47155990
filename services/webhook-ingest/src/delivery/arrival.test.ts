import { expect, test } from 'vitest';
import { arrivalOf, arrivalView } from './arrival.ts';

const claims = {
  tokenVersion: 2,
  caller: 'marketplace',
  tenantId: 'contoso',
  keyId: 'key-1',
  issuer: 'https://issuer',
  audience: 'app',
} as const;
const headersOf = (headers: Record<string, string>) =>
  arrivalView(arrivalOf(headers, claims)).headers;

test('only headers that help are kept, and never the token', () => {
  const kept = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'user-agent': 'Microsoft',
    'x-ms-requestid': '4711',
    'x-ms-correlationid': '4712',
  };

  const others = { authorization: 'Bearer secret', cookie: 'secret', 'x-api-key': 'secret' };

  expect(headersOf({ ...kept, ...others })).toEqual(kept);
});

test('what each check of the token found is shown', () => {
  const { verification } = arrivalView(arrivalOf({}, claims));

  expect(verification.map(({ check, found }) => `${check} ${found}`)).toEqual([
    'signature key-1',
    'audience app',
    'tenant contoso',
    'caller marketplace',
    'issuer https://issuer',
    'version 2',
  ]);
});

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['203.0.113.77:4711, 198.51.100.9', '203.0.113.0/24, 198.51.100.0/24'],
  ['2001:db8:1:2:3::4', '2001:db8:1::/48'],
  ['[2001:db8::4]:443', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['someone@contoso.com', 'unknown'],
])('the addresses %s are stored as networks', (given, stored) => {
  expect(headersOf({ 'x-forwarded-for': given })['x-forwarded-for']).toBe(stored);
});

test('a caller cannot make the rows large', () => {
  const long = 'v'.repeat(10_000);
  const headers = Object.fromEntries(
    ['content-type', 'content-encoding', 'user-agent', 'x-ms-requestid', 'x-ms-correlationid'].map(
      (name) => [name, long],
    ),
  );
  const addresses = Array.from({ length: 1_000 }, () => '203.0.113.77').join(',');

  const stored = arrivalOf({ ...headers, 'x-forwarded-for': addresses }, claims);

  expect(JSON.stringify(stored).length).toBeLessThan(1_200);
});

test('calls that come alike share an arrival, whatever their ids', () => {
  const of = (headers: Record<string, string>, token = claims) => arrivalOf(headers, token).id;
  const call = { 'user-agent': 'Microsoft', 'x-forwarded-for': '203.0.113.77' };
  const one = of({ ...call, 'x-ms-requestid': '1' });

  expect(of({ ...call, 'x-ms-requestid': '2', 'x-forwarded-for': '203.0.113.9' })).toBe(one);
  expect(of({ ...call, 'user-agent': 'other' })).not.toBe(one);
  expect(of(call, { ...claims, keyId: 'key-2' } as never)).not.toBe(one);
});

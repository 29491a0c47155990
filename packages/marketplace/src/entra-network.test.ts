import { expect, test } from 'vitest';
import { browserUrl, msalAuthority } from './entra-network.ts';

test('the public authority is used unchanged', () => {
  const { authority, knownAuthorities } = msalAuthority(
    'https://login.microsoftonline.com/',
    'common',
  );
  expect(authority).toBe('https://login.microsoftonline.com/common');
  expect(knownAuthorities).toEqual(['login.microsoftonline.com']);
});

test('a local authority is shown to msal as https', () => {
  const { authority, knownAuthorities } = msalAuthority('http://127.0.0.1:4411', 'common');
  expect(authority).toBe('https://127.0.0.1:4411/common');
  expect(knownAuthorities).toEqual(['127.0.0.1:4411']);
});

test('the browser gets an address at which it can reach the authority', () => {
  const path = '/common/oauth2/v2.0/authorize?redirect_uri=https%3A%2F%2F127.0.0.1%3A4411%2Fx';
  expect(browserUrl(`https://127.0.0.1:4411${path}`, 'http://127.0.0.1:4411')).toBe(
    `http://127.0.0.1:4411${path}`,
  );
  const real = `https://login.microsoftonline.com${path}`;
  expect(browserUrl(real, 'https://login.microsoftonline.com')).toBe(real);
  expect(browserUrl(real, 'http://127.0.0.1:4411')).toBe(real);
});

test('a plain-http authority elsewhere is refused', () => {
  expect(() => msalAuthority('http://10.1.2.3', 'common')).toThrow(
    expect.objectContaining({ code: 'config.authority-not-https', retry: 'never' }),
  );
  expect(() => browserUrl('https://x/', 'http://10.1.2.3')).toThrow(
    expect.objectContaining({ code: 'config.authority-not-https' }),
  );
});

import { expect, test } from 'vitest';
import { addressGroup, clientAddress } from './client-address.ts';

const requestOf = (remoteAddress: string, forwarded?: string) =>
  ({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress },
  }) as Parameters<typeof clientAddress>[0];

test.each([
  ['no proxy is trusted', '192.0.2.1', '6.6.6.6', 0, '192.0.2.1'],
  ['one proxy is trusted', '10.0.0.1', '6.6.6.6, 203.0.113.7', 1, '203.0.113.7'],
  ['two proxies are trusted', '10.0.0.1', '6.6.6.6, 203.0.113.7, 10.0.0.2', 2, '203.0.113.7'],
  ['the chain is shorter than promised', '10.0.0.1', '203.0.113.7', 2, '10.0.0.1'],
  ['an entry is no address', '10.0.0.1', '<script>', 1, '10.0.0.1'],
  ['the proxy adds the port', '10.0.0.1', '203.0.113.7:50412', 1, '203.0.113.7'],
  ['the proxy adds the port (IPv6)', '10.0.0.1', '[2001:db8::7]:50412', 1, '2001:db8::7'],
  [
    'the caller sends a chain of its own',
    '10.0.0.1',
    '6.6.6.6, 7.7.7.7, 2001:db8::7',
    1,
    '2001:db8::7',
  ],
  [
    'three proxies are trusted',
    '::1',
    '6.6.6.6, 2001:db8::7, 10.0.0.3, 10.0.0.2',
    3,
    '2001:db8::7',
  ],
  ['the entry of the proxy is empty', '10.0.0.1', '6.6.6.6, ', 1, '10.0.0.1'],
  ['the socket is dual-stack', '::ffff:192.0.2.1', undefined, 0, '192.0.2.1'],
])('the client is found if %s', (_title, remote, forwarded, trusted, expected) => {
  expect(clientAddress(requestOf(remote, forwarded), trusted)).toBe(expected);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0001::', '2001:db8:1:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::ffff:c000:201', '192.0.2.1'],
])('%s is counted as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

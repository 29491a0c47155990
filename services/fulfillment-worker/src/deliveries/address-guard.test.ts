import { describe, expect, test } from 'vitest';
import { ADDRESS_REFUSED, guardedLookup, kindOfAddress, refuseUrl } from './address-guard.ts';

/** From IANA's registries of special-purpose addresses, and the cloud providers' own. */
const inside = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.5',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::7f00:1',
  '::ffff:10.0.0.1',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  'not an address',
];
const loopback = ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1'];
const outside = ['8.8.8.8', '20.76.201.171', '172.32.0.1', '100.128.0.1', '2606:4700::1111'];

test.each(inside)('%s is inside', (address) => {
  expect(kindOfAddress(address)).toBe('inside');
});
test.each(loopback)('%s is loopback', (address) => {
  expect(kindOfAddress(address)).toBe('loopback');
});
test.each(outside)('%s is public', (address) => {
  expect(kindOfAddress(address)).toBe('public');
});

describe('a URL', () => {
  test.each([
    ['https://product.contoso.example/events', undefined],
    ['https://product.contoso.example:8443/events?key=1', undefined],
    ['https://8.8.8.8/', undefined],
    ['http://product.contoso.example/', 'scheme'],
    ['ftp://product.contoso.example/', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['nonsense', 'scheme'],
    ['https://user:word@product.contoso.example/', 'credentials'],
    ['https://user@product.contoso.example/', 'credentials'],
    ['https://127.0.0.1/', 'address'],
    ['https://2130706433/', 'address'],
    ['https://0x7f.1/', 'address'],
    ['https://0177.0.0.1/', 'address'],
    ['https://127.1/', 'address'],
    ['https://①②⑦.0.0.1/', 'address'],
    ['https://[::1]/', 'address'],
    ['https://[::ffff:127.0.0.1]/', 'address'],
    ['https://[fd00::1]/', 'address'],
    ['https://[64:ff9b::7f00:1]/', 'address'],
    ['https://localhost/', 'address'],
    ['https://LOCALHOST./', 'address'],
    ['https://a.localhost/', 'address'],
    ['https://169.254.169.254/latest/meta-data', 'address'],
    ['https://168.63.129.16/machine', 'address'],
    ['https://192.168.0.10/', 'address'],
  ])('%s is refused because of its %s', (url, refusal) => {
    expect(refuseUrl(url, false)).toBe(refusal);
  });

  test.each([
    ['http://127.0.0.1:4700/events', undefined],
    ['http://localhost:4700/events', undefined],
    ['https://[::1]:4700/events', undefined],
    ['http://product.contoso.example/', undefined],
    ['http://8.8.8.8/', 'address'],
    ['http://192.168.0.10/', 'address'],
    ['https://169.254.169.254/', 'address'],
    ['http://user:word@127.0.0.1/', 'credentials'],
  ])('%s is refused because of its %s beside a local marketplace', (url, refusal) => {
    expect(refuseUrl(url, true)).toBe(refusal);
  });
});

describe('a name', () => {
  const look = (url: string, isLocal: boolean, addresses: readonly string[], all = true) =>
    new Promise<unknown>((resolve) => {
      const lookup = async () =>
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      const { signal } = new AbortController();
      const guarded = guardedLookup(new URL(url), isLocal, { lookup, signal });
      guarded('product.contoso.example', { all }, (error, found) =>
        resolve(error ? error.code : found),
      );
    });
  const url = 'https://product.contoso.example/';

  test('is connected to if all its addresses are public', async () => {
    expect(await look(url, false, ['8.8.8.8', '2606:4700::1111'])).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    expect(await look(url, false, ['8.8.8.8'], false)).toBe('8.8.8.8');
  });

  test.each([[['10.0.0.1']], [['8.8.8.8', '127.0.0.1']], [['8.8.8.8', '::ffff:169.254.169.254']]])(
    'that points to %j is not connected to',
    async (addresses) => {
      expect(await look(url, false, addresses)).toBe(ADDRESS_REFUSED);
      expect(await look(url, false, addresses, false)).toBe(ADDRESS_REFUSED);
    },
  );

  test('may point to loopback if the marketplace is local; with http, to nothing else', async () => {
    const plain = 'http://product.contoso.example/';
    expect(await look(plain, true, ['127.0.0.1'])).toHaveLength(1);
    expect(await look(plain, true, ['8.8.8.8'])).toBe(ADDRESS_REFUSED);
    expect(await look(plain, true, ['10.0.0.1'])).toBe(ADDRESS_REFUSED);
  });

  test('without any address is not connected to', async () => {
    expect(await look(url, false, [])).toBeUndefined();
  });
});

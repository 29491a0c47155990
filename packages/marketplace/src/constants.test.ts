import { expect, test } from 'vitest';
import {
  API_VERSION,
  DEFAULT_AUTHORITY_URL,
  DEFAULT_MARKETPLACE_BASE_URL,
  MARKETPLACE_APPLICATION_ID,
} from './constants.ts';

// Written in groups and not copied from the source file, so that a look-alike cannot pass both.
test("Microsoft's marketplace is the application 20e940b3 4c77 4b0b 9a53 9e16a1b010a7", () => {
  expect(MARKETPLACE_APPLICATION_ID.split('-')).toEqual([
    '20e940b3',
    '4c77',
    '4b0b',
    '9a53',
    '9e16a1b010a7',
  ]);
});

test('the look-alike id from samples is not the marketplace', () => {
  expect(MARKETPLACE_APPLICATION_ID).not.toBe('20e940b3-4c07-4bc1-a733-45f7c7a3d0e3');
});

test('the retired resource of 2018 to 2020 is not the marketplace', () => {
  expect(MARKETPLACE_APPLICATION_ID).not.toBe('62d94f6c-d599-489b-a797-3e10e42fbe22');
});

test('the api-version is 31 August 2018 and the hosts are those of the public cloud', () => {
  expect(new Date(`${API_VERSION}T00:00:00Z`)).toEqual(new Date(Date.UTC(2018, 7, 31)));
  expect(new URL(DEFAULT_AUTHORITY_URL).host).toBe('login.microsoftonline.com');
  expect(new URL(DEFAULT_MARKETPLACE_BASE_URL).host).toBe('marketplaceapi.microsoft.com');
  expect(new URL(DEFAULT_MARKETPLACE_BASE_URL).pathname).toBe('/api');
});

import { expect, test } from 'vitest';
import { canonicalPath, originForm } from './target.ts';

test.each([
  '/webhook',
  '/Webhook',
  '/WEBHOOK/',
  '//webhook',
  '/webhook//',
  '/webhook?x=1',
  '/webhook/?x=/other',
  '/%77ebhook',
  '/webhook%2F',
  '/webhook%20',
  '/./x/../webhook',
  '\\webhook',
  'https://market.contoso.example/webhook',
  'HTTP://market.contoso.example:8080//Webhook/?x=1',
])('%s is one spelling of /webhook', (target) => {
  expect(canonicalPath(target)).toBe('/webhook');
});

test.each([
  '/',
  '',
  '*',
  '/webhooks',
  '/webhook/x',
  '/x/webhook',
  '/%zzwebhook',
  'http://webhook/',
])('%s is not the webhook', (target) => {
  expect(canonicalPath(target)).not.toBe('/webhook');
});

test('the absolute form of a target loses its origin and nothing else', () => {
  expect(originForm('https://h:1/Landing/%2F?token=a+b')).toBe('/Landing/%2F?token=a+b');
  expect(originForm('https://h?token=1')).toBe('/?token=1');
  expect(originForm('//landing?u=http://x/')).toBe('//landing?u=http://x/');
});

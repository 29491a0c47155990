import { afterEach, beforeEach, expect, it } from 'vitest';
import { buyAndSignIn, confirm, openStage, people, until, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

async function figures(): Promise<string> {
  return await (await fetch(`${stage.url}/metrics`)).text();
}

it('a confirmation that the worker has not taken is told of with its age, until it is taken', async () => {
  const { browser, page } = await buyAndSignIn(stage, people.ada);
  const startWorker = await stage.stopWorker();
  await confirm(stage, browser, { page });
  await until(figures, (text) => /^landfall_confirmations_oldest_seconds 0?\.?[1-9]/m.test(text));
  startWorker();
  await until(figures, (text) => /^landfall_confirmations_oldest_seconds 0$/m.test(text));
});

it('pages are counted by route and status, and no figure holds a person, a token or an id', async () => {
  const { page, subscriptionId } = await buyAndSignIn(stage, people.ada);
  expect(page.status).toBe(200);
  const text = await figures();
  expect(text).toMatch(/_count\{route="\/landing[^"]*",status="200"\} [1-9]/);
  expect(text).toContain('route="/landing/signed-in"');
  const samples = text.split('\n').filter((line) => line.startsWith('landfall_'));
  for (const part of [subscriptionId, people.ada, '@', 'token=', '?']) {
    expect(samples.join('\n')).not.toContain(part);
  }
});

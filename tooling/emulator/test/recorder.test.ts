import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ADA, startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => fixture.fresh());

test('a recording has the calls between its start and end, as they were sent', async () => {
  const { control } = fixture.emulator;
  await fixture.api('GET', '/saas/subscriptions');
  await control.startRecording();
  const id = await fixture.subscribed();
  await fixture.api('PATCH', `/saas/subscriptions/${id}?twice=1&twice=2`, {
    body: { quantity: 12 },
    headers: { 'x-ms-requestid': id },
  });
  await control.addFault({ endpoint: 'get', drop: true });
  await expect(fixture.api('GET', `/saas/subscriptions/${id}`)).rejects.toThrow();
  const { calls, leftOut } = await control.recording();

  expect(leftOut).toBe(0);
  expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `POST /saas/subscriptions/${id}/activate`,
    `PATCH /saas/subscriptions/${id}`,
    `GET /saas/subscriptions/${id}`,
  ]);
  expect(calls[1]).toMatchObject({
    query: { 'api-version': '2018-08-31', twice: ['1', '2'] },
    headers: { 'content-type': 'application/json', 'x-ms-requestid': id },
    body: '{"quantity":12}',
    answer: { status: 202, body: '', headers: { 'x-ms-requestid': id } },
  });
  expect(calls[1]?.answer?.headers['operation-location']).toContain(`/${id}/operations/`);
  expect(calls[2]?.answer).toBeNull();

  await control.stopRecording();
  await expect(control.recording()).rejects.toMatchObject({ status: 404 });
});

test('a recording contains no token', async () => {
  const { control } = fixture.emulator;
  await control.startRecording();
  const { purchaseToken } = await control.purchase({
    offerId: 'teamdesk',
    planId: 'basic',
    quantity: 3,
    beneficiary: ADA,
  });
  const headers = { 'x-ms-marketplace-token': purchaseToken };
  const { status } = await fixture.api('POST', '/saas/subscriptions/resolve', { headers });
  const recording = await control.recording();

  expect(status).toBe(200);
  expect(recording.calls).toMatchObject([
    { headers: { authorization: 'Bearer kept-back', 'x-ms-marketplace-token': 'kept-back' } },
  ]);
  expect(JSON.stringify(recording)).not.toContain(purchaseToken);
  // Every signed token starts with this.
  expect(JSON.stringify(recording)).not.toContain('eyJ');
});

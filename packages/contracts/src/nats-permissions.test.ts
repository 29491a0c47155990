import { describe, expect, test } from 'vitest';
import { natsPermissionsOf } from './nats-permissions.ts';
import { services } from './services.ts';

const publishedBy = (subject: string) =>
  services
    .map(({ name }) => name)
    .filter((name) => natsPermissionsOf(name).publish.includes(subject));

describe('only these services', () => {
  test.each([
    ['ingest.notification.received', ['webhook-ingest', 'fulfillment-worker']],
    ['fulfillment.subscription.unsubscribed', ['fulfillment-worker']],
    ['fulfillment.subscription.personalDataErased', ['fulfillment-worker']],
    // The worker replays dead letters of its own consumer.
    ['billing.usage.settled', ['fulfillment-worker', 'billing-sync']],
    ['billing.usage.thresholdCrossed', ['fulfillment-worker', 'billing-sync']],
    ['wake.fulfillment.lanes', ['fulfillment-worker']],
    ['rpc.fulfillment-worker.purchases.resolve', ['landing']],
    ['rpc.fulfillment-worker.decisions.decide', ['webhook-ingest']],
    ['rpc.fulfillment-worker.policies.put', ['gateway']],
    ['rpc.fulfillment-worker.subscriptions.get', ['gateway', 'landing', 'billing-sync']],
    ['rpc.billing-sync.usage.report', ['gateway']],
    ['rpc.landing.ownAlerts.list', ['gateway']],
    ['$JS.API.STREAM.MSG.DELETE.DEAD_LETTERS', ['fulfillment-worker']],
    ['$JS.API.STREAM.DELETE.FULFILLMENT', []],
    ['$JS.API.STREAM.PURGE.FULFILLMENT', []],
    ['$JS.API.STREAM.UPDATE.FULFILLMENT', ['fulfillment-worker']],
    ['$JS.API.CONSUMER.MSG.NEXT.INGEST.fulfillment-notifications', ['fulfillment-worker']],
    ['$JS.API.CONSUMER.MSG.NEXT.BILLING.fulfillment-usage', ['fulfillment-worker']],
    ['$JS.API.CONSUMER.DELETE.INGEST.fulfillment-notifications', []],
    // Only the gateway follows streams. It can make ephemeral consumers, and read through no other service's consumer.
    ['$JS.API.CONSUMER.CREATE.FULFILLMENT', ['gateway']],
    ['$JS.API.CONSUMER.CREATE.INGEST.fulfillment-notifications', ['fulfillment-worker']],
  ] as const)('may publish %s', (subject, expected) => {
    expect(publishedBy(subject)).toEqual(expected);
  });
});

test('a service may subscribe to its own calls and inbox, and the worker also to lane wake-ups', () => {
  const listened = Object.fromEntries(
    services.map(({ name }) => [name, natsPermissionsOf(name).subscribe]),
  );
  expect(listened).toEqual({
    gateway: ['_INBOX_gateway.>'],
    landing: ['_INBOX_landing.>', 'rpc.landing.> landing'],
    'webhook-ingest': ['_INBOX_webhook-ingest.>', 'rpc.webhook-ingest.> webhook-ingest'],
    'fulfillment-worker': [
      '_INBOX_fulfillment-worker.>',
      'rpc.fulfillment-worker.> fulfillment-worker',
      'wake.fulfillment.lanes',
    ],
    'billing-sync': ['_INBOX_billing-sync.>', 'rpc.billing-sync.> billing-sync'],
  });
});

import { describe, expect, test } from 'vitest';
import { serviceNamed, services } from './services.ts';
import {
  billingSubscriptions,
  consumers,
  deadLetterSubject,
  fulfillmentNotifications,
  fulfillmentUsage,
  ingestErasures,
  landingErasures,
  streams,
} from './streams.ts';
import { subscriptionFactKinds } from './subscription-facts.ts';
import { facts } from './subjects.ts';

/** NATS' matching rule: `*` matches one token, `>` matches one or more at the end. */
function covers(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  const fits = wanted.every((token, index) =>
    token === '>'
      ? index === wanted.length - 1 && given.length > index
      : token === '*' || token === given[index],
  );
  return fits && (wanted.at(-1) === '>' || wanted.length === given.length);
}

const streamsWith = (subject: string) =>
  Object.values(streams).filter((stream) => stream.subjects.some((own) => covers(own, subject)));

describe('facts', () => {
  test.each(facts.map((fact) => [fact.subject, fact] as const))(
    "%s starts with its owner's schema and belongs to exactly one stream",
    (subject, fact) => {
      expect(subject.split('.')[0]).toBe(serviceNamed(fact.owner).schema);
      expect(streamsWith(subject)).toHaveLength(1);
    },
  );

  test('have unique subjects', () => {
    expect(new Set(facts.map((fact) => fact.subject)).size).toBe(facts.length);
  });

  test('exist for every kind of subscription fact', () => {
    const subjects = facts.map((fact) => fact.subject);
    for (const kind of subscriptionFactKinds) {
      expect(subjects).toContain(`fulfillment.subscription.${kind}`);
    }
  });
});

describe('consumers', () => {
  test.each(consumers.map((consumer) => [consumer.durable, consumer] as const))(
    '%s consumes only facts of its stream, and its dead letters are stored',
    (durable, consumer) => {
      for (const { subject } of consumer.facts)
        expect(streamsWith(subject)).toEqual([consumer.stream]);
      expect(streamsWith(deadLetterSubject(durable))).toEqual([streams.deadLetters]);
    },
  );

  test('belong to the expected services', () => {
    expect(fulfillmentNotifications.consumer).toBe('fulfillment-worker');
    expect(fulfillmentUsage.consumer).toBe('fulfillment-worker');
    expect(billingSubscriptions.consumer).toBe('billing-sync');
    expect(ingestErasures.consumer).toBe('webhook-ingest');
    expect(landingErasures.consumer).toBe('landing');
    expect(new Set(consumers.map(({ durable }) => durable)).size).toBe(consumers.length);
  });
});

test('every service has its own schema and role', () => {
  expect(new Set(services.map(({ schema }) => schema)).size).toBe(5);
  expect(new Set(services.map(({ role }) => role)).size).toBe(5);
  expect(() => serviceNamed('nobody' as never)).toThrow('Unknown service: nobody');
});

import type { UsageRefusal, Incident, UsageHour } from '../../api/usage.ts';

// The contract's lists bring the schemas of all procedures with them, so the page has its own.

export const hourStates = [
  'open',
  'closed',
  'sending',
  'settled',
  'held',
  'refused',
  'writtenOff',
] as const satisfies readonly UsageHour['state'][];

export const incidentKinds = [
  'mismatch',
  'rejected',
  'missing',
  'unknown-here',
  'over-billed',
  'unusual',
  'threshold',
] as const satisfies readonly Incident['kind'][];

export const refusalReasons = [
  'malformed',
  'quantity-invalid',
  'too-old',
  'in-future',
  'subscription-unknown',
  'not-active-then',
  'dimension-unknown',
  'event-id-reused',
] as const satisfies readonly UsageRefusal['refusal'][];

export const usageTabs = ['hours', 'incidents', 'refusals', 'thresholds'] as const;

export type UsageTab = (typeof usageTabs)[number];

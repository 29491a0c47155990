import type { CallName } from './calls.ts';
import type { Shape } from './shapes.ts';

/** A place where the truth differs from Microsoft's files, and how that is known. */
export interface Deviation {
  readonly calls: readonly CallName[];
  /** JSON pointer into the exchange; `*` means any index of a list. */
  readonly at: string;
  /** What is allowed there; `undefined` means that it may be missing. */
  readonly allows: Shape;
  readonly example: unknown;
  readonly source: string;
}

function inOperations(
  field: string,
  rest: Pick<Deviation, 'allows' | 'example' | 'source'>,
): readonly Deviation[] {
  return [
    { calls: ['getOperation'], at: `/answer/body/${field}`, ...rest },
    { calls: ['listOperations'], at: `/answer/body/operations/*/${field}`, ...rest },
  ];
}

/**
 * All known deviations. Each is needed: a test removes it, and its example must then be refused.
 */
export const deviations: readonly Deviation[] = [
  ...inOperations('action', {
    allows: { const: 'Subscribe' },
    example: 'Subscribe',
    source:
      'Learn, "Implement a webhook" (2025): the action of auto-activated purchases, newer than the file',
  }),
  ...inOperations('errorStatusCode', {
    allows: { type: 'string' },
    example: '',
    source: 'Learn, "Operations APIs": in every sample of an operation',
  }),
  ...inOperations('errorMessage', {
    allows: { type: 'string' },
    example: '',
    source: 'Learn, "Operations APIs": in every sample of an operation',
  }),
  {
    calls: ['cancel'],
    at: '/answer/status',
    allows: { const: 409 },
    example: 409,
    source: 'Learn, "Cancel a subscription": locked by a pending operation',
  },
  {
    calls: ['list'],
    at: '/answer/body',
    allows: { const: '' },
    example: '',
    source: 'Learn, "Get list of all subscriptions": an empty body where there are none',
  },
  {
    calls: ['list'],
    at: '/answer/body/@nextLink',
    allows: { const: '' },
    example: '',
    source: 'Learn, "Get list of all subscriptions": empty on the last page',
  },
  {
    calls: ['postUsageBatch'],
    at: '/answer/body/result/*/messageTime',
    allows: { const: '0001-01-01T00:00:00' },
    example: '0001-01-01T00:00:00',
    source: 'Learn, "Metering service APIs": of a row that was not accepted, without a time zone',
  },
  {
    calls: ['listUsageEvents'],
    at: '/answer/body/*/reconStatus',
    allows: { enum: ['TestHeaders', 'DryRun'] },
    example: 'DryRun',
    source: 'Learn, "Metering service APIs": two values that the file does not have',
  },
  {
    calls: ['listUsageEvents'],
    at: '/query/reconStatus',
    allows: { enum: ['TestHeaders', 'DryRun'] },
    example: 'DryRun',
    source: 'Learn, "Metering service APIs": two values that the file does not have',
  },
];

import { z } from 'zod';
import { matterSeverities } from './matters.ts';
import { ofPublisher } from './ownership.ts';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { text } from './text.ts';

const matterId = z.object({ matterId: z.uuid() });
const MAX_REASON = 1000;

/** A matter: something that needs a person. */
export const matterView = z.object({
  id: z.uuid(),
  kind: z.string(),
  /** The service that found it. */
  owner: z.string(),
  subject: z.object({ type: z.string(), id: z.string() }),
  publisherId: z.string().optional(),
  offerId: z.string().optional(),
  subscriptionId: z.string().optional(),
  severity: z.enum(matterSeverities),
  state: z.enum(['open', 'closed']),
  /** In the requested language: what is wrong, why, what it means for the customer, and what to do. */
  title: z.string(),
  cause: z.string(),
  effect: z.string(),
  nextStep: z.string(),
  /** The incident page, if the matter is an alert or an alert counts matters of its kind. */
  incidentPage: z.url().optional(),
  /** The values in these texts. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Since when it is so. */
  since: z.iso.datetime(),
  openedAt: z.iso.datetime(),
  dueAt: z.iso.datetime().optional(),
  /** `itself`: it closes when the cause is gone. `person`: a person has to close it. */
  closes: z.enum(['itself', 'person']),
  /** The person who takes care of it: an operator's tenant and object id, and name if known. */
  assignedTo: z
    .object({ tenantId: z.string(), objectId: z.string(), name: z.string().optional() })
    .optional(),
  /** Hidden from the usual list until then. */
  snoozedUntil: z.iso.datetime().optional(),
  closedAt: z.iso.datetime().optional(),
  closedBy: z.enum(['itself', 'person']).optional(),
  closedReason: z.string().optional(),
});

export type MatterView = z.output<typeof matterView>;

const language = text(10).min(2).optional();

/** What needs a person; served by the gateway. */
export const matterProcedures = {
  matters: {
    list: query({
      scope: 'matters:read',
      scopedBy: 'publisher',
      summary:
        'What needs attention: matters with cause, effect and next step. Critical ones first, then by due time.',
      input: pageRequest.extend({
        state: z.enum(['open', 'closed']).default('open'),
        kinds: z.array(text(60)).max(60).optional(),
        severities: z.array(z.enum(matterSeverities)).optional(),
        subscriptionId: text(100).optional(),
        offerId: text(100).optional(),
        /** `me`, `nobody`, or an object id. */
        assignedTo: text(100).optional(),
        /** True: also those that are snoozed. */
        withSnoozed: z.boolean().default(false),
        dueBefore: z.iso.datetime().optional(),
        language,
        ...ofPublisher,
      }),
      output: pageOf(matterView),
    }),
    counts: query({
      scope: 'matters:read',
      scopedBy: 'publisher',
      summary: 'How many matters are open, by severity and kind, and how many are overdue.',
      input: z.object(ofPublisher),
      output: z.object({
        open: z.number().int(),
        critical: z.number().int(),
        warning: z.number().int(),
        info: z.number().int(),
        overdue: z.number().int(),
        snoozed: z.number().int(),
        byKind: z.array(z.object({ kind: z.string(), count: z.number().int() })),
        nextDueAt: z.iso.datetime().optional(),
      }),
    }),
    get: query({
      scope: 'matters:read',
      scopedBy: 'matter',
      summary: 'One matter with its history.',
      input: matterId.extend({ language }),
      output: matterView.extend({
        history: z.array(
          z.object({
            at: z.iso.datetime(),
            /** opened, changed, assigned, snoozed, closed, reopened, … */
            event: z.string(),
            by: z.string().optional(),
            reason: z.string().optional(),
            details: z.record(z.string(), z.unknown()).optional(),
          }),
        ),
      }),
    }),
    assign: command({
      scope: 'matters:write',
      scopedBy: 'matter',
      summary: 'Gives a matter to a person, or to none.',
      auditedBy: 'get',
      input: matterId.extend({
        /** `me`, or an object id of a person with a role. Null: to none. */
        to: text(100).min(1).nullable(),
      }),
      output: matterView,
    }),
    snooze: command({
      scope: 'matters:write',
      scopedBy: 'matter',
      summary: 'Hides a matter until a time. It comes back earlier if it becomes critical.',
      auditedBy: 'get',
      input: matterId.extend({
        /** Null: show it again now. */
        until: z.iso.datetime().nullable(),
        reason: text(MAX_REASON).optional(),
      }),
      output: matterView,
    }),
    close: command({
      scope: 'matters:write',
      scopedBy: 'matter',
      summary: 'Closes a matter with a reason. If the cause returns later, a new matter opens.',
      auditedBy: 'get',
      input: matterId.extend({ reason: text(MAX_REASON).min(1) }),
      output: matterView,
    }),
    reopen: command({
      scope: 'matters:write',
      scopedBy: 'matter',
      summary: 'Opens a matter again that a person has closed.',
      auditedBy: 'get',
      input: matterId.extend({ reason: text(MAX_REASON).optional() }),
      output: matterView,
    }),
  },
} as const;

import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** One entry of the audit log. Entries are never changed, and each holds the hash of the one before. */
export const auditEntry = z.object({
  sequence: z.string(),
  at: z.iso.datetime(),
  /** `key <id>`, `operator <tenant>/<object>`, or `service <name>`. */
  actor: z.string(),
  /** The label of the key, or the name of the person, if they still exist. */
  actorLabel: z.string().optional(),
  publisherId: z.string().optional(),
  procedure: z.string(),
  /** Id of what the call was about. Never a person's name or address. */
  subject: z.string().optional(),
  /** `done`, `dry-run`, or the code of the rejection, fault or error. */
  outcome: z.string(),
  /** Why, as the caller gave it, without e-mail addresses. */
  reason: z.string().optional(),
  /** A ticket number or id, as the caller gave it; `(person)` if it may be a person's name or address. */
  requestedBy: z.string().optional(),
  approvedBy: z.string().optional(),
  /** The network address of the caller: the first 3 bytes of an IPv4 address, or the /48 of an IPv6 address. */
  from: z.string().optional(),
  /** What the command changed, without secrets and personal data. Fields that stayed the same are left out. */
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  correlationId: z.string(),
  /** More than 1 if refused attempts were counted instead of stored one by one. */
  times: z.number().int(),
  hash: z.string(),
});

const filter = {
  ...ofPublisher,
  actor: text(200).min(1).optional(),
  /** A procedure, such as `policies.put`, or a namespace, such as `policies`. */
  procedure: text(100).min(1).optional(),
  subject: text(100).min(1).optional(),
  outcome: text(100).min(1).optional(),
  correlationId: text(100).min(1).optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
};

/** Who did what; served by the gateway. */
export const auditProcedures = {
  audit: {
    list: query({
      scope: 'audit:read',
      scopedBy: 'publisher',
      summary:
        'Commands and refused attempts: who, what, why, from where, before and after. Newest first.',
      input: pageRequest.extend(filter),
      output: pageOf(auditEntry),
    }),
    verify: query({
      scope: 'audit:read',
      scopedBy: 'installation',
      summary:
        'Checks the chain of hashes, which shows whether an entry was changed, removed or inserted.',
      input: z.object({
        /** Checks from this entry on. Absent: from the oldest that is kept. */
        fromSequence: z.stringFormat('sequence', /^[1-9]\d{0,17}$/).optional(),
        /** The hash of that entry, as you noted it earlier. */
        hash: z.stringFormat('hash', /^[0-9a-f]{64}$/).optional(),
      }),
      output: z.object({
        isIntact: z.boolean(),
        checked: z.number().int(),
        /** The first entry whose hash is wrong, or that is missing. */
        brokenAt: z.string().optional(),
        /** Absent: the end was reached. Otherwise call again from here. */
        nextSequence: z.string().optional(),
        /** Note these outside Landfall: a later check with them also finds a chain that was rewritten as a whole. */
        lastSequence: z.string().optional(),
        lastHash: z.string().optional(),
      }),
    }),
  },
} as const;

import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { scopes } from './scopes.ts';
import { text } from './text.ts';

/** A forgotten key should end by itself. A key that is needed for longer must be rotated. */
export const MAX_KEY_DAYS = 730;
export const DEFAULT_KEY_DAYS = 365;
/** Time to bring a new secret to every program that uses the key. */
const MAX_OVERLAP_HOURS = 720;
const DEFAULT_OVERLAP_HOURS = 24;

const keyId = z.object({ keyId: text(40).min(1) });
const reason = { reason: text(500).min(1).optional() };

/** An API key, without its secret. */
export const keyView = z.object({
  id: z.string(),
  label: z.string(),
  /** The visible start of the key, `lf_<id>_`. */
  prefix: z.string(),
  scopes: z.array(z.string()),
  /** The publisher that the key is limited to. Absent: all publishers. */
  publisherId: z.string().optional(),
  /** active; rotating: the former secret also works until `formerSecretUntil`; expired; revoked. */
  state: z.enum(['active', 'rotating', 'expired', 'revoked']),
  createdAt: z.iso.datetime(),
  /** Who created it: `key <id>`, `operator <tenant>/<object>`, or `start` for the key from the configuration. */
  createdBy: z.string().optional(),
  expiresAt: z.iso.datetime().optional(),
  formerSecretUntil: z.iso.datetime().optional(),
  /** Exact to a minute. Absent: never used. */
  lastUsedAt: z.iso.datetime().optional(),
  revokedAt: z.iso.datetime().optional(),
});

const shownOnce = z.object({
  key: keyView,
  /** The whole key, `lf_<id>_<secret>`. It is shown only once. */
  secret: z.string(),
});

/** API keys; served by the gateway. */
export const keyProcedures = {
  keys: {
    list: query({
      scope: 'keys:read',
      scopedBy: 'publisher',
      summary: 'API keys without their secrets, newest first.',
      input: pageRequest.extend({
        state: z.enum(['active', 'rotating', 'expired', 'revoked']).optional(),
        ...ofPublisher,
      }),
      output: pageOf(keyView),
    }),
    create: command({
      scope: 'keys:write',
      scopedBy: 'publisher',
      summary: 'Creates an API key with scopes that the caller has. The key is shown only once.',
      answersSecret: true,
      auditedBy: 'list',
      input: z.object({
        label: text(100).min(1),
        scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
        /** Days until the key ends. */
        expiresInDays: z.number().int().min(1).max(MAX_KEY_DAYS).default(DEFAULT_KEY_DAYS),
        ...ofPublisher,
        ...reason,
      }),
      output: shownOnce,
    }),
    rotate: command({
      scope: 'keys:write',
      scopedBy: 'key',
      summary:
        'Gives an API key a new secret. The former secret also works until the overlap is over.',
      answersSecret: true,
      auditedBy: 'list',
      input: keyId.extend({
        overlapHours: z.number().min(0).max(MAX_OVERLAP_HOURS).default(DEFAULT_OVERLAP_HOURS),
        expiresInDays: z.number().int().min(1).max(MAX_KEY_DAYS).default(DEFAULT_KEY_DAYS),
        ...reason,
      }),
      output: shownOnce,
    }),
    revoke: command({
      scope: 'keys:write',
      scopedBy: 'key',
      summary:
        'Ends an API key, within two seconds on every instance of the gateway. This cannot be undone.',
      isDestructive: true,
      auditedBy: 'list',
      input: keyId.extend({ dryRun: z.boolean().default(false), ...reason }),
      output: keyView,
    }),
    own: query({
      scope: 'any',
      scopedBy: 'publisher',
      summary: 'Who is calling: the key or person, with its scopes and publisher.',
      http: { method: 'get', path: '/v1/me' },
      input: z.object(ofPublisher),
      output: z.object({
        kind: z.enum(['api-key', 'operator']),
        /** Id of the key, or `<tenant>/<object>` of the person. */
        id: z.string(),
        label: z.string().optional(),
        scopes: z.array(z.string()),
        publisherId: z.string().optional(),
        /** Publishers that a person may choose from. Absent: all. */
        publisherIds: z.array(z.string()).optional(),
        expiresAt: z.iso.datetime().optional(),
      }),
    }),
  },
} as const;

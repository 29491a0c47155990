import { z } from 'zod';
import { pageOf, pageRequest } from './pages.ts';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { operatorRoles } from './roles.ts';
import { scopes } from './scopes.ts';
import { text } from './text.ts';

/** An invitation is opened by hand. A day covers other time zones. */
const DEFAULT_INVITATION_HOURS = 24;
const MAX_INVITATION_HOURS = 168;

const role = z.enum(operatorRoles);
const reason = { reason: text(500).min(1).optional() };

/** A person of the publisher's organisation with a role. One row per person and publisher. */
export const operatorView = z.object({
  operatorId: z.uuid(),
  tenantId: z.string(),
  objectId: z.string(),
  /** As Entra named the person at the last sign-in. */
  name: z.string().optional(),
  email: z.string().optional(),
  role,
  /** The publisher that the role is for. Absent: all publishers. */
  publisherId: z.string().optional(),
  /** `entry`: given here. `app-role`: given in Microsoft Entra, as of the last sign-in. */
  source: z.enum(['entry', 'app-role']),
  createdAt: z.iso.datetime(),
  lastSignInAt: z.iso.datetime().optional(),
  /** Sessions that are open now. */
  sessions: z.number().int(),
});

/** What a person may do, in all calls that name no publisher or in those for one publisher. */
const access = z.object({
  roles: z.array(role),
  scopes: z.array(z.enum(scopes)),
});

/** What the console needs at its start. */
const signedInPerson = z.object({
  /** `<tenant>/<object>` of the person in Microsoft Entra, as in the audit log. */
  id: z.string(),
  /** As Entra named the person at the last sign-in. */
  name: z.string().optional(),
  email: z.string().optional(),
  /** For calls about all publishers at once. Absent: the person must choose one of `publishers`. */
  everywhere: access.optional(),
  /** What the person may choose, in configured order, with the roles for all publishers included. */
  publishers: z.array(access.extend({ publisherId: z.string() })),
  /** Whether `publishers` may lack some, because the service that knows them all does not answer now. */
  isIncomplete: z.boolean(),
  session: z.object({
    /** At the latest. */
    endsAt: z.iso.datetime(),
    /** Without a call for this long, it ends earlier. */
    idleMinutes: z.number().int(),
  }),
  /** Of Landfall. */
  version: z.string(),
  /** Where browsers and Microsoft reach this installation. */
  publicUrl: z.string(),
  /** Only with the local marketplace of `npm start`. */
  local: z
    .object({
      /** The storefront, where test people buy. */
      marketplaceUrl: z.string(),
    })
    .optional(),
});

/** People of the publisher's organisation; served by the gateway. */
export const operatorProcedures = {
  operators: {
    me: query({
      scope: 'any',
      scopedBy: 'publisher',
      summary:
        'The signed-in person: roles and scopes for each publisher, the session and the installation.',
      isForPeople: true,
      http: { method: 'get', path: '/v1/operators/me' },
      input: z.object({}),
      output: signedInPerson,
    }),
    list: query({
      scope: 'operators:read',
      scopedBy: 'publisher',
      summary: 'People who may sign in, with their roles.',
      input: pageRequest.extend(ofPublisher),
      output: pageOf(operatorView),
    }),
    put: command({
      scope: 'operators:write',
      scopedBy: 'publisher',
      summary:
        'Gives a person a role for one publisher or for all. It replaces the role that the person had there.',
      auditedBy: 'list',
      input: z.object({
        tenantId: z.guid(),
        objectId: z.guid(),
        role,
        ...ofPublisher,
        ...reason,
      }),
      output: operatorView,
    }),
    remove: command({
      scope: 'operators:write',
      scopedBy: 'operator',
      summary:
        'Takes a role away and ends the sessions of the person. The last admin cannot be removed.',
      isDestructive: true,
      auditedBy: 'list',
      input: z.object({ operatorId: z.uuid(), dryRun: z.boolean().default(false), ...reason }),
      output: operatorView,
    }),
    endSessions: command({
      scope: 'operators:write',
      scopedBy: 'operator',
      summary: 'Ends all sessions of a person, who must then sign in again.',
      input: z.object({ operatorId: z.uuid(), ...reason }),
      output: z.object({ ended: z.number().int() }),
    }),
    invite: command({
      scope: 'operators:write',
      scopedBy: 'publisher',
      summary: 'Creates a link with which one person signs in and gets a role. It works once.',
      answersSecret: true,
      input: z.object({
        role,
        expiresInHours: z
          .number()
          .int()
          .min(1)
          .max(MAX_INVITATION_HOURS)
          .default(DEFAULT_INVITATION_HOURS),
        ...ofPublisher,
        ...reason,
      }),
      output: z.object({ url: z.string(), expiresAt: z.iso.datetime() }),
    }),
  },
} as const;

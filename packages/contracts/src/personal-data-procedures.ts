import { z } from 'zod';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** Without quotes and spaces, so that it reads the same inside JSON. */
const EMAIL = /^[^\s"'\\<>@]+@[^\s"'\\<>@]+$/;

/** Whose data is meant: one person, by Entra ids or e-mail address, or everyone in a tenant. */
export const dataSubject = z
  .object({
    tenantId: z.guid().optional(),
    objectId: z.guid().optional(),
    email: text(320).regex(EMAIL, { error: 'Not an e-mail address.' }).optional(),
  })
  .refine(({ tenantId, objectId, email }) => Boolean(tenantId ?? objectId ?? email), {
    error: 'Name the person by objectId or by email, or a whole tenant by tenantId.',
  });

/** Where data of the person was found, and what became of it. */
export const dataFinding = z.object({
  /** The service and what it stores there, in words: "landing: visits of the landing page". */
  where: z.string(),
  rows: z.number().int(),
  /** erased; pseudonymised: the rows stay, without the person; kept: the reason is in `why`. */
  treatment: z.enum(['erased', 'pseudonymised', 'kept']),
  why: z.string().optional(),
});

/** A person as some service knows them. */
const knownPerson = z.object({
  tenantId: z.string().optional(),
  objectId: z.string().optional(),
  email: z.string().optional(),
});

export type KnownPerson = z.output<typeof knownPerson>;

/** A request about more people is refused. No tenant is expected to have more people at one publisher. */
export const MAX_PEOPLE = 2000;

const wanted = {
  /** Every id and address by which any service knows the person, or the people of the tenant. */
  people: z.array(knownPerson).max(MAX_PEOPLE),
  /** Set if the data of a whole tenant is wanted. */
  wholeTenant: z.string().optional(),
  ...ofPublisher,
};

/**
 * Served by every service that stores personal data. Only the gateway may call it: first `people` of all services, because
 * one service may know a person by address and another one by id, then `export` or `erase`.
 */
export const ownPersonalDataProcedures = {
  ownPersonalData: {
    people: query({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'publisher',
      summary: 'The ids and addresses by which the answering service knows a person.',
      input: z.object({
        tenantId: z.string().optional(),
        objectId: z.string().optional(),
        email: z.string().optional(),
        ...ofPublisher,
      }),
      output: z.object({ people: z.array(knownPerson) }),
    }),
    export: query({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'publisher',
      summary: 'What the answering service stores about a person.',
      input: z.object(wanted),
      output: z.object({
        findings: z.array(dataFinding),
        /** The data itself, by place; bounded. */
        data: z.record(z.string(), z.array(z.unknown())),
        isComplete: z.boolean(),
      }),
    }),
    erase: command({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'publisher',
      summary: 'Erases what the answering service stores about a person. Repeating it is safe.',
      input: z.object({ ...wanted, dryRun: z.boolean() }),
      output: z.object({ findings: z.array(dataFinding) }),
    }),
  },
} as const;

/** Requests of people about their data; served by the gateway, which asks every service. */
export const personalDataProcedures = {
  personalData: {
    export: query({
      scope: 'personal-data:read',
      scopedBy: 'publisher',
      // Proxies write URLs to their logs, so the person is named in the body.
      http: { method: 'post', path: '/v1/personal-data/export' },
      summary: 'What Landfall stores about a person or a tenant, and where it was found.',
      input: dataSubject.safeExtend(ofPublisher),
      output: z.object({
        findings: z.array(dataFinding),
        data: z.record(z.string(), z.array(z.unknown())),
        /** False if a place holds more than fits into the answer; `findings` counts all of it. */
        isComplete: z.boolean(),
      }),
    }),
    erase: command({
      scope: 'personal-data:write',
      scopedBy: 'publisher',
      summary:
        'Erases the data of a person or a tenant. The answer says what was erased, and what is kept and why.',
      isDestructive: true,
      input: dataSubject.safeExtend({
        ...ofPublisher,
        /** True: only reports what was found. */
        dryRun: z.boolean().default(true),
        reason: text(500).min(1),
      }),
      output: z.object({ findings: z.array(dataFinding), isDryRun: z.boolean() }),
    }),
  },
} as const;

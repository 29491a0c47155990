import { z } from 'zod';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

/** Whose data: a person by Entra ids or e-mail address, or everybody of a tenant. */
export const dataSubject = z
  .object({
    tenantId: z.guid().optional(),
    objectId: z.guid().optional(),
    email: text(320).min(3).optional(),
  })
  .refine(({ tenantId, objectId, email }) => Boolean(tenantId ?? objectId ?? email), {
    error: 'Name the person by tenantId and objectId or by email, or a whole tenant by tenantId.',
  });

/** Where data of the person was found, and what became of it. */
export const dataFinding = z.object({
  /** The service and what it keeps there, in words: "landing: visits of the landing page". */
  where: z.string(),
  rows: z.number().int(),
  /** erased; pseudonymised: rows about money stay without the person; kept: the reason is in `why`. */
  treatment: z.enum(['erased', 'pseudonymised', 'kept']),
  why: z.string().optional(),
});

const forwarded = {
  tenantId: z.string().optional(),
  objectId: z.string().optional(),
  email: z.string().optional(),
  ...ofPublisher,
};

/** Served by every service that keeps personal data. Only the gateway may call it. */
export const ownPersonalDataProcedures = {
  ownPersonalData: {
    export: query({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'publisher',
      summary: 'What the answering service keeps about a person.',
      input: z.object(forwarded),
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
      summary: 'Erases what the answering service keeps about a person. Repeating it is safe.',
      input: z.object({ ...forwarded, dryRun: z.boolean() }),
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
      summary: 'Everything that Landfall keeps about a person or a tenant, and where it was found.',
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
        'Erases the data of a person or a tenant. Rows about money stay, without the person.',
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

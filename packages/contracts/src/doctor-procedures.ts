import { z } from 'zod';
import { command, query } from './procedures.ts';
import { ofPublisher } from './ownership.ts';
import { text } from './text.ts';

export const checkSeverities = ['ok', 'notice', 'warning', 'error', 'unknown'] as const;

/** The outcome of one check. Contains no secret. */
export const check = z.object({
  /** A `CheckName`, such as `credential.token`, or the name of a check of a newer version. */
  check: z.string(),
  /** The service that checked. */
  service: z.string(),
  publisherId: z.string().optional(),
  /** `unknown`: it could not be checked; `finding` says why. */
  severity: z.enum(checkSeverities),
  /** What was seen, in one sentence. For an error of Microsoft, it includes Microsoft's own sentence. */
  finding: z.string(),
  /** Why it is so, as far as that is known. */
  cause: z.string().optional(),
  nextStep: z.string().optional(),
  /** Facts for people who want to compare, such as the claims of a token. No secret and no personal data. */
  details: z.record(z.string(), z.string()).optional(),
  durationMs: z.number().int(),
});

export type Check = z.output<typeof check>;

/** A value to enter in Partner Center or Microsoft Entra, or to take from there. */
export const setupValue = z.object({
  /** The page of Partner Center or Entra where it is, as that page is called there. */
  where: z.string(),
  field: z.string(),
  /** The value to enter there. Absent: the value comes from there; `setting` names the variable for it. */
  value: z.string().optional(),
  setting: z.string().optional(),
  isSet: z.boolean(),
  why: z.string(),
});

export type SetupValue = z.output<typeof setupValue>;

const ownSetupValue = setupValue.extend({
  /** Absent: the value is about the whole installation, or about the only publisher without an id. */
  publisherId: z.string().optional(),
  about: z.enum(['installation', 'publisher']),
});

export type OwnSetupValue = z.output<typeof ownSetupValue>;

const ownCheckInput = z.object({
  ...ofPublisher,
  /** The gateway's PUBLIC_URL. */
  publicUrl: z.string(),
});

export type OwnCheckInput = z.output<typeof ownCheckInput>;

/** Served by every service. Only the gateway may call them. */
export const ownCheckProcedures = {
  ownChecks: {
    run: query({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'publisher',
      summary: 'Checks what the answering service needs. With a publisher, only what concerns it.',
      input: ownCheckInput,
      output: z.object({
        checks: z.array(check),
        /** The release that the service runs. Absent: one before 0.3.0. */
        release: z.string().optional(),
        /** By the machine's clock of the answering service, to compare clocks. */
        receivedAt: z.iso.datetime(),
        answeredAt: z.iso.datetime(),
      }),
    }),
    setup: query({
      scope: 'internal',
      calledBy: ['gateway'],
      scopedBy: 'publisher',
      summary: 'The values of the answering service for the set-up.',
      input: ownCheckInput,
      output: z.object({ values: z.array(ownSetupValue) }),
    }),
  },
} as const;

/** Served by the gateway, which asks every service. */
export const doctorProcedures = {
  doctor: {
    run: query({
      scope: 'health:read',
      scopedBy: 'publisher',
      summary:
        'Checks the whole installation and the way to Microsoft and back. Each finding has its next step.',
      input: z.object(ofPublisher),
      output: z.object({
        /** Worst first. */
        checks: z.array(check),
        worst: z.enum(checkSeverities),
        checkedAt: z.iso.datetime(),
      }),
    }),
    setup: query({
      scope: 'health:read',
      scopedBy: 'publisher',
      summary:
        'The values to enter in Partner Center and Microsoft Entra, and those to take from there.',
      input: z.object(ofPublisher),
      output: z.object({
        /** What concerns all publishers, such as the sign-in application. Empty for a caller with one publisher. */
        installation: z.array(setupValue),
        publishers: z.array(
          z.object({
            /** Absent for the only publisher if it has no configured id. */
            publisherId: z.string().optional(),
            values: z.array(setupValue),
          }),
        ),
      }),
    }),
  },
  backups: {
    record: command({
      scope: 'health:write',
      scopedBy: 'installation',
      summary:
        'Notes that a backup was made. Your backup job calls it, and the doctor warns about old backups.',
      input: z.object({
        /** When the backup was taken. */
        takenAt: z.iso.datetime(),
        /** Your own words, such as the file or the tool. */
        note: text(200).optional(),
        /** Whether it was restored somewhere as a test. */
        wasRestored: z.boolean().default(false),
      }),
      output: z.object({ recordedAt: z.iso.datetime() }),
    }),
  },
} as const;

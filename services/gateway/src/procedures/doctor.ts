import { callerId } from '@landfall/contracts/caller';
import type { doctorProcedures } from '@landfall/contracts/doctor-procedures';
import type { Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import type { ServiceClients } from '../api/ask-services.ts';
import type { Db } from '../db/schema.ts';
import type { Doctor } from '../doctor/doctor.ts';
import { collectSetup } from '../doctor/setup.ts';
import { insertBackup } from '../store/backups.ts';

/** A backup job's machine may be ahead of ours by this much. */
const MAX_AHEAD_MS = 60_000;

export function doctorHandlers(parts: {
  readonly doctor: Doctor;
  readonly clients: ServiceClients;
  readonly publicUrl: string;
  readonly db: Db;
  readonly machineNow: () => Date;
}): Handlers<typeof doctorProcedures> {
  const { doctor, clients, publicUrl, db, machineNow } = parts;
  return {
    doctor: {
      run: ({ publisherId }) => doctor.examine(publisherId),
      setup: ({ publisherId }) => collectSetup(clients, { publisherId, publicUrl }),
    },
    backups: {
      record: async ({ takenAt, note, wasRestored }, { caller }) => {
        const recordedAt = machineNow();
        const taken = new Date(takenAt);
        if (taken.getTime() > recordedAt.getTime() + MAX_AHEAD_MS) {
          return new Rejection(
            'backup.in-the-future',
            'This backup would be from the future. Set takenAt to the time when the backup began, in UTC, and check the clock of the backup job.',
          );
        }
        const recordedBy = callerId(caller);
        await insertBackup(db, {
          takenAt: taken,
          recordedAt,
          note: note ?? null,
          wasRestored,
          recordedBy,
        });
        return { recordedAt: recordedAt.toISOString() };
      },
    },
  };
}

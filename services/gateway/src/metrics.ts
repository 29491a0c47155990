import type { ServerResponse } from 'node:http';
import type { MetricSpec } from '@landfall/contracts/metric-spec';
import { metrics as table } from '@landfall/contracts/metrics';
import type { Bus } from '@landfall/service-kit/bus';
import { readConsumers, readOutbox } from '@landfall/service-kit/common-readings';
import { readMatters } from '@landfall/service-kit/matters';
import { ageSeconds, type Metrics, reading, readings } from '@landfall/service-kit/metrics';
import { readDatabaseRoom, readServers, readStreams } from '@landfall/service-kit/server-readings';
import type { Roundup } from './api/roundup.ts';
import type { Db } from './db/schema.ts';
import type { CertificateWatch } from './doctor/certificate.ts';
import { lastBackup } from './store/backups.ts';

const DAY_MS = 24 * 60 * 60_000;

/** The metrics of the gateway: whether each service answers it, its facts and consumers, and what concerns the installation. */
export function readGateway(
  metrics: Metrics,
  parts: {
    readonly db: Db;
    readonly roundup: Roundup;
    readonly certificate: Pick<CertificateWatch, 'expiresAt'>;
    readonly bus: Pick<Bus, 'consumerLag' | 'streamRoom'>;
    /** The size that the database may reach, if one is set. */
    readonly databaseRoomBytes: number | undefined;
    readonly now: () => Date;
    readonly machineNow: () => Date;
  },
): void {
  const { db, roundup, certificate, bus, now, machineNow } = parts;
  readOutbox(metrics, db, now);
  readConsumers(metrics, { bus, publisher: 'gateway', now: machineNow });
  readServers(metrics, db);
  readDatabaseRoom(metrics, db, { roomBytes: parts.databaseRoomBytes });
  readStreams(metrics, { bus, owner: 'gateway' });
  readMatters(metrics, db);
  metrics.read([table.serviceAnswers], async () => {
    const answers = await roundup.ask();
    const samples = answers.map(({ service, answers: isAnswering }) => ({
      labels: { service },
      value: isAnswering ? 1 : 0,
    }));
    return [readings(table.serviceAnswers, samples)];
  });
  metrics.read([table.certificateDays], async () => {
    const end = certificate.expiresAt();
    const days = end && (end.getTime() - machineNow().getTime()) / DAY_MS;
    return [reading(table.certificateDays, days)];
  });
  metrics.read([table.backupAge], async () => {
    const { takenAt, installedAt } = await lastBackup(db.kysely);
    return [reading(table.backupAge, ageSeconds(takenAt ?? installedAt, machineNow()))];
  });
}

/** How long a failed answer counts. */
const WINDOW_MS = 10 * 60_000;

/** Limits memory. The alert fires at a few, so a larger exact number would not be useful. */
const MAX_KEPT = 1_000;

/**
 * Counts the answers that failed on our side, whichever service was down: the pages that buyers wanted, or the calls of
 * Microsoft.
 */
export function countFailed(
  metrics: Metrics,
  spec: MetricSpec<never>,
  now: () => Date,
): (res: ServerResponse) => void {
  let times: number[] = [];
  metrics.read([spec], async () => {
    const since = now().getTime() - WINDOW_MS;
    times = times.filter((time) => time > since);
    return [reading(spec, times.length)];
  });
  return (res) => {
    res.once('finish', () => {
      if (res.statusCode < 500) return;
      times.push(now().getTime());
      if (times.length > MAX_KEPT) times.shift();
    });
  };
}

import { isIP } from 'node:net';
import { isLoopbackHost } from '@landfall/domain/loopback';
import type { CheckToRun, Finding } from '@landfall/service-kit/checks';
import type { Db } from '../db/schema.ts';
import { lastBackups } from '../store/backups.ts';
import type { PublicCheck } from './public-check.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A daily backup has failed once. */
export const OLD_DAYS = 2;
/** JetStream keeps facts for seven days, so a database that is older cannot be filled again from it. */
export const TOO_OLD_DAYS = 7;
/** Twice a year, so that a changed server or tool is noticed. */
const RESTORE_DAYS = 180;

/** The checks that only the gateway can make: its public address, the proxies in front of it, and the backups. */
export function gatewayChecks(options: {
  readonly db: Db;
  readonly publicUrl: string;
  readonly publicCheck: PublicCheck;
  readonly machineNow: () => Date;
}): readonly CheckToRun[] {
  const { db, publicUrl, publicCheck, machineNow } = options;
  return [
    { check: 'public-url.form', run: async () => checkPublicUrl(publicUrl) },
    ...publicCheck.checks(),
    { check: 'backups.age', run: () => checkBackups(db, machineNow()) },
  ];
}

function checkPublicUrl(text: string): Finding {
  const url = new URL(text);
  const details = { publicUrl: `${url.origin}${url.pathname}` };
  const isLocal = isLoopbackHost(url.hostname);
  const flaws = [
    ...(text.includes('#')
      ? ['contains #, which Partner Center refuses in the landing page URL']
      : []),
    ...(url.pathname === '/' && url.search === '' ? [] : ['has a path or a query']),
    ...(url.username === '' ? [] : ['contains a user name']),
    ...(isIP(url.hostname) !== 0 && !isLocal ? ['has an IP address instead of a host name'] : []),
  ];
  if (flaws.length > 0) {
    return {
      severity: 'error',
      finding: `PUBLIC_URL ${flaws.join(', and ')}.`,
      nextStep: 'Set PUBLIC_URL to https:// and the host name that browsers and Microsoft use.',
      details,
    };
  }
  if (isLocal) {
    return {
      severity: 'notice',
      finding: 'PUBLIC_URL is an address of this machine, which Microsoft cannot call.',
      nextStep: 'For the real marketplace, set PUBLIC_URL to the address of your TLS proxy.',
      details,
    };
  }
  return { severity: 'ok', finding: 'PUBLIC_URL can be entered in Partner Center.', details };
}

async function checkBackups(db: Db, at: Date): Promise<Finding> {
  const { takenAt, restoredAt } = await lastBackups(db);
  if (!takenAt) {
    return {
      severity: 'warning',
      finding: 'No backup was ever recorded.',
      cause: 'Your backup job does not report to Landfall, or there is none.',
      nextStep:
        'Back up PostgreSQL every day (docs/backup.md), and let the job call backups.record with the time of the backup.',
    };
  }
  const days = Math.floor((at.getTime() - takenAt.getTime()) / DAY_MS);
  const details = {
    lastBackup: takenAt.toISOString(),
    lastRestored: restoredAt?.toISOString() ?? 'never',
  };
  if (days >= OLD_DAYS) {
    return {
      severity: days >= TOO_OLD_DAYS ? 'error' : 'warning',
      finding: `The last recorded backup is ${days} days old.`,
      cause: 'The backup job fails, or no longer calls backups.record.',
      nextStep: "Read the job's log, run it, and check that it calls backups.record.",
      details,
    };
  }
  const isTried = restoredAt && at.getTime() - restoredAt.getTime() < RESTORE_DAYS * DAY_MS;
  if (isTried) return { severity: 'ok', finding: 'The last backup is recent.', details };
  return {
    severity: 'notice',
    finding: `The last backup is recent, but none of the last ${RESTORE_DAYS} days was restored as a test.`,
    nextStep:
      'Restore a backup as a test (docs/operating.md), then call backups.record with wasRestored.',
    details,
  };
}

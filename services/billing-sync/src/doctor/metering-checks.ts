import type { OwnCheckInput } from '@landfall/contracts/doctor-procedures';
import { openAccessChecks, type CheapRead } from '@landfall/publishers/access-checks';
import type { Publishers } from '@landfall/publishers/publishers';
import type { CheckToRun } from '@landfall/service-kit/checks';

/** Checks that the metering API accepts each publisher's token, by reading today's usage report. */
export function createMeteringChecks(
  publishers: Publishers,
  options: {
    readonly authorityUrl: string;
    readonly baseUrl: string;
    readonly machineNow: () => Date;
  },
): (input: OwnCheckInput) => readonly CheckToRun[] {
  const opened = publishers.all.map((publisher) => openAccessChecks(publisher, options));
  const readToday: CheapRead = ({ metering }, call) =>
    metering.listUsageEvents({ usageStartDate: startOfDay(options.machineNow()) }, call);
  return ({ publisherId }) => {
    const named = publisherId === undefined ? undefined : publishers.of(publisherId);
    return opened
      .filter(({ publisher }) => publisherId === undefined || publisher === named)
      .map(({ publisher, checkCall }) => ({
        check: 'metering.api',
        publisherId: publisherId ?? publisher.publisherId,
        run: (signal) => checkCall(readToday, signal),
      }));
  };
}

function startOfDay(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
}

import { ownCheckProcedures, type Check } from '@landfall/contracts/doctor-procedures';
import type { Logger } from '@landfall/service-kit/log';
import { RELEASE } from '@landfall/contracts/release';
import { runChecks, type CheckToRun, type Finding } from '@landfall/service-kit/checks';
import { clockFinding, clockReading } from '@landfall/service-kit/checks/clock';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import { askServices, type ServiceAnswer, type ServiceClients } from '../api/ask-services.ts';

/** Above the eight seconds of one check, and below the twelve for which a caller waits. */
const ASK_TIMEOUT_MS = 10_000;
/** Callers within this time share one examination, so that no program can make Landfall call Microsoft often. */
const SHARED_MS = 5_000;

export interface Examination {
  readonly checks: Check[];
  readonly worst: Check['severity'];
  readonly checkedAt: string;
}

export interface Doctor {
  /** `publisherId`: only what concerns this publisher. */
  examine(publisherId: string | undefined): Promise<Examination>;
}

/** Asks every service for its checks, adds the gateway's own, and puts the worst first. Changes nothing. */
export function createDoctor(options: {
  readonly clients: ServiceClients;
  readonly own: (publisherId: string | undefined) => readonly CheckToRun[];
  readonly publicUrl: string;
  readonly machineNow: () => Date;
  readonly log: Logger;
}): Doctor {
  const { machineNow } = options;
  const shared = new Map<string, { readonly at: number; readonly result: Promise<Examination> }>();
  return {
    examine: (publisherId) => {
      const at = performance.now();
      for (const [key, entry] of shared) if (at - entry.at > SHARED_MS) shared.delete(key);
      const key = publisherId ?? '';
      const running = shared.get(key);
      if (running) return running.result;
      const result = examineAll(options, publisherId).then((checks) => ({
        checks,
        worst: checks[0]?.severity ?? 'unknown',
        checkedAt: machineNow().toISOString(),
      }));
      shared.set(key, { at, result });
      result.catch(() => shared.delete(key));
      return result;
    },
  };
}

async function examineAll(
  options: Parameters<typeof createDoctor>[0],
  publisherId: string | undefined,
): Promise<Check[]> {
  const { clients, own, publicUrl, machineNow, log } = options;
  const [answers, ours] = await Promise.all([
    askServices(clients, {
      timeoutMs: ASK_TIMEOUT_MS,
      ask: async (client, call) => {
        const sentAt = machineNow().getTime();
        const { ownChecks } = forwardHandlers(ownCheckProcedures, () => client);
        const answer = await ownChecks.run({ publisherId, publicUrl }, call);
        const arrivedAt = machineNow().getTime();
        return { ...ownCheckProcedures.ownChecks.run.output.parse(answer), sentAt, arrivedAt };
      },
    }),
    runChecks(own(publisherId), { service: 'gateway', log }),
  ]);
  const found = answers.flatMap((answer) =>
    aboutService(answer, publisherId === undefined).concat(answer.answer?.checks ?? []),
  );
  return [...found, ...ours].toSorted(worstFirst);
}

interface Answered {
  readonly release?: string | undefined;
  readonly sentAt: number;
  readonly arrivedAt: number;
  readonly receivedAt: string;
  readonly answeredAt: string;
}

/** Whether a service answers, and whether its release and its clock agree with the gateway's. */
function aboutService(
  { service, answers, answer }: ServiceAnswer<Answered>,
  withServers: boolean,
): Check[] {
  const about = { service, durationMs: 0 };
  if (!answers) {
    return [
      {
        ...about,
        check: 'service.answers',
        severity: 'error',
        finding: `${service} does not answer.`,
        cause: 'The service does not run, has no connection to NATS, or waits for PostgreSQL.',
        nextStep: `Start or restart ${service}, and read its log. Its checks are missing from this list.`,
      },
    ];
  }
  if (!answer) {
    return [
      {
        ...about,
        check: 'service.answers',
        severity: 'unknown',
        finding: `${service} runs, but its checks are not known.`,
        cause: 'The service is older than the gateway, or its checks failed.',
        nextStep: `Upgrade ${service}, or read its log.`,
      },
    ];
  }
  const ok = { ...about, check: 'service.answers', severity: 'ok' as const };
  const answered: Check = { ...ok, finding: `${service} answers.` };
  if (!withServers) return [answered];
  return [
    answered,
    { ...about, check: 'service.release', ...compareReleases(service, answer.release) },
    { ...about, check: 'clock.service', ...compareClocks(service, answer) },
  ];
}

/** Both work side by side while an operator upgrades, and not for longer: only neighbouring releases are tested together. */
function compareReleases(service: string, release: string | undefined): Finding {
  const details = { [service]: release ?? 'before 0.3.0', gateway: RELEASE };
  if (release === RELEASE) {
    return { severity: 'ok', finding: `${service} runs release ${release}.`, details };
  }
  return {
    severity: 'warning',
    finding: `${service} runs release ${details[service]}, and this gateway runs ${RELEASE}.`,
    cause: 'An upgrade is not finished, or one process was left out.',
    nextStep: 'Replace the processes of the older release (docs/upgrade.md).',
    details,
  };
}

/** As in NTP: the time in which the service worked does not count. */
function compareClocks(service: string, answer: Answered) {
  const [receivedAt, answeredAt] = [answer.receivedAt, answer.answeredAt].map(Date.parse);
  const workedMs = (answeredAt ?? 0) - (receivedAt ?? 0);
  const reading = clockReading({
    before: answer.sentAt,
    other: receivedAt ?? 0,
    after: answer.arrivedAt - workedMs,
  });
  return clockFinding(
    { ...reading, aheadMs: -reading.aheadMs },
    { ours: `The clock of ${service}`, other: "the gateway's" },
  );
}

const ORDER = [
  'error',
  'warning',
  'unknown',
  'notice',
  'ok',
] as const satisfies readonly Check['severity'][];

function worstFirst(left: Check, right: Check): number {
  const rank = ORDER.indexOf(left.severity) - ORDER.indexOf(right.severity);
  if (rank !== 0) return rank;
  return textOf(left) < textOf(right) ? -1 : 1;
}

function textOf({ check, publisherId = '', service }: Check): string {
  return `${check} ${publisherId} ${service}`;
}

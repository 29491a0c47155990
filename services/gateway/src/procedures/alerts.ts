import { randomUUID } from 'node:crypto';
import { TRPCError } from '@trpc/server';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';
import {
  ownAlertProcedures,
  type alertProcedures,
  type FiringAlert,
} from '@landfall/contracts/alert-procedures';
import { alertRules } from '@landfall/contracts/alerts';
import { metrics as table } from '@landfall/contracts/metrics';
import type { Handlers } from '@landfall/contracts/procedures';
import type { ServiceName } from '@landfall/contracts/services';
import type { Alerts } from '@landfall/service-kit/alerts';
import { readings, type Metrics } from '@landfall/service-kit/metrics';
import { outcomeOf } from '../api/audit.ts';

/** Above the second and a half for which an owner that restarts is looked for; people wait for it. */
const ASK_TIMEOUT_MS = 3_000;

interface OwnerAnswer {
  readonly service: ServiceName;
  readonly answers: boolean;
  readonly firing: readonly FiringAlert[];
}

/** Asks services for their alerts and remembers who was silent since when. */
export interface Roundup {
  ask(): Promise<readonly OwnerAnswer[]>;
  silentSince(service: ServiceName): Date | undefined;
}

/**
 * One question to every service at a time, shared by whoever wants to know. Who answers with an
 * error does answer: an older version knows no alerts and is there all the same.
 */
export function createRoundup(options: {
  readonly clients: Readonly<Partial<Record<ServiceName, object>>>;
  readonly now: () => Date;
}): Roundup {
  const silent = new Map<ServiceName, Date>();
  let asking: Promise<readonly OwnerAnswer[]> | undefined;
  const askAll = () =>
    Promise.all(
      Object.entries(options.clients).map(async ([name, client]) => {
        const service = name as ServiceName;
        const answer = await askOne(service, client);
        if (answer.answers) silent.delete(service);
        else if (!silent.has(service)) silent.set(service, options.now());
        return answer;
      }),
    );
  return {
    ask() {
      asking ??= askAll().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    silentSince: (service) => silent.get(service),
  };
}

async function askOne(service: ServiceName, client: object): Promise<OwnerAnswer> {
  const { ownAlerts } = forwardHandlers(ownAlertProcedures, () => client);
  try {
    const answer = await ownAlerts.list(
      {},
      {
        caller: { kind: 'service', name: 'gateway' },
        correlationId: randomUUID(),
        deadline: new Date(Date.now() + ASK_TIMEOUT_MS),
      },
    );
    const { firing } = ownAlertProcedures.ownAlerts.list.output.parse(answer);
    return { service, answers: true, firing };
  } catch (error) {
    const isSilent = error instanceof TRPCError && outcomeOf(error).startsWith('rpc.');
    return { service, answers: !isSilent, firing: [] };
  }
}

/** Whether each service answers, as a metric: the gateway is who would miss it. */
export function readServices(metrics: Metrics, roundup: Roundup): void {
  metrics.read([table.serviceAnswers], async () => {
    const answers = await roundup.ask();
    const samples = answers.map(({ service, answers: isThere }) => ({
      labels: { service },
      value: isThere ? 1 : 0,
    }));
    return [readings(table.serviceAnswers, samples)];
  });
}

/**
 * Every service's alerts in one list. Who asks is told of a silent service at once; the log and
 * Prometheus wait a minute, for a restart is none of their business.
 */
export function alertHandlers(
  roundup: Roundup,
  own: Pick<Alerts, 'firing'>,
): Handlers<typeof alertProcedures>['alerts'] {
  return {
    list: async () => {
      const [answers, ours] = await Promise.all([roundup.ask(), own.firing()]);
      const firing = [
        ...answers.flatMap((answer) => (answer.answers ? answer.firing : silence(roundup, answer))),
        ...ours.filter(({ alert }) => alert !== 'ServiceSilent'),
      ];
      return {
        firing: firing.toSorted(bySeverity),
        services: [
          ...answers.map(({ service, answers: isThere }) => ({ service, answers: isThere })),
          { service: 'gateway', answers: true },
        ],
      };
    },
  };
}

function silence(roundup: Roundup, { service }: OwnerAnswer): FiringAlert[] {
  const since = roundup.silentSince(service);
  if (!since) return [];
  const { metric, severity, meaning, nextStep } = alertRules.ServiceSilent;
  return [
    {
      alert: 'ServiceSilent',
      service,
      severity,
      since: since.toISOString(),
      value: 0,
      unit: metric.unit,
      labels: { service },
      meaning: `${service}: ${meaning}`,
      nextStep,
    },
  ];
}

function bySeverity(left: FiringAlert, right: FiringAlert): number {
  if (left.severity !== right.severity) return left.severity === 'critical' ? -1 : 1;
  return left.since < right.since ? -1 : 1;
}

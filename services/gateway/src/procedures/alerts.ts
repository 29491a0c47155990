import type {
  alertProcedures,
  FiringAlert,
  ShownAlert,
} from '@landfall/contracts/alert-procedures';
import { alertRules } from '@landfall/contracts/alerts';
import { incidentUrl } from '@landfall/contracts/incident-address';
import type { Handlers } from '@landfall/contracts/procedures';
import type { Alerts } from '@landfall/service-kit/alerts';
import type { OwnerAnswer, Roundup } from '../api/roundup.ts';

/**
 * The alerts of all services in one list. A silent service is in it at once, while the log and Prometheus wait a minute,
 * so that a restart raises no alert there.
 */
export function alertHandlers(
  roundup: Roundup,
  own: Pick<Alerts, 'firing'>,
  publicUrl: string,
): Handlers<typeof alertProcedures>['alerts'] {
  const withPage = (alert: FiringAlert): ShownAlert => ({
    ...alert,
    incidentPage: incidentUrl(alert.alert, publicUrl),
  });
  return {
    list: async () => {
      const [answers, ours] = await Promise.all([roundup.ask(), own.firing()]);
      const firing = [
        ...answers.flatMap((answer) => (answer.answers ? answer.firing : silence(roundup, answer))),
        ...ours.filter(({ alert }) => alert !== 'ServiceSilent'),
      ];
      return {
        firing: firing.toSorted(bySeverity).map(withPage),
        services: [
          ...answers.map(({ service, answers: isAnswering }) => ({
            service,
            answers: isAnswering,
          })),
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

import { alertRules, type AlertName } from '@landfall/contracts/alerts';
import type { AlertRule } from '@landfall/contracts/alert-rule';
import type { FiringAlert } from '@landfall/contracts/alert-procedures';
import type { Alerts } from '../metrics/alerts.ts';
import type { Found, MatterFinder } from './found.ts';

/** Each process checks its own alerts every 15 seconds, and finds them every 10. */
const OTHERS_LOOK_MS = 60_000;

/**
 * Finds the active alerts of a service. An alert that finer matters show (`shownAs`) is left out. Every process finds its own
 * alerts, so a matter closes only when none has seen the alert for a minute.
 */
export function alertFinder<DB>(alerts: Pick<Alerts, 'current'>): MatterFinder<DB, 'alert'> {
  return {
    kind: 'alert',
    closesAfterMs: OTHERS_LOOK_MS,
    find: async () => alerts.current().filter(isShown).map(foundOf),
  };
}

function isShown({ alert }: FiringAlert): boolean {
  const rule: AlertRule = alertRules[alert as AlertName];
  return rule.shownAs === undefined;
}

/** The value changes with every look, so it is left out; otherwise each look would publish it again. */
function foundOf(firing: FiringAlert): Found {
  const { alert, service, severity, since, labels, meaning, nextStep } = firing;
  const { publisher } = labels;
  return {
    key: [service, alert, ...Object.entries(labels).flat()].join(' '),
    subject: { type: 'alert', id: alert },
    publisherId: publisher,
    severity,
    params: {
      alert: inWords(alert),
      about: Object.values(labels).join(', ') || service,
      severity,
      meaning,
      nextStep,
    },
    since,
  };
}

/** `BuyersTurnedAway` becomes `buyers turned away`. */
function inWords(alert: string): string {
  return alert.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

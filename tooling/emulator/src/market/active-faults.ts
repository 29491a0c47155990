import { SECOND_MS } from './constants.ts';
import { ENDPOINT_NAMES } from './endpoint-names.ts';
import {
  removeEndedFaults,
  type EndpointFault,
  type MailFault,
  type StoredFault,
  type WebhookFault,
} from './faults.ts';
import type { Market } from './market.ts';
import { PRESETS, type PresetName } from './presets.ts';

/** A disturbance that is active now, in words. The faults of one preset are one disturbance. */
export interface ActiveFault {
  /** The id of a fault or the name of a preset. Removing a fault takes it. */
  readonly which: string;
  /** What is disturbed: a preset, an endpoint's name, or the notifications. */
  readonly title: string;
  /** What happens, in one sentence. */
  readonly text: string;
  /** When it ends by itself on the marketplace's clock; null if only a person ends it. */
  readonly endsAt: string | null;
  /** How many calls or notifications it still affects; null if all of them. */
  readonly left: number | null;
}

/** Everything that disturbs the marketplace now. */
export function activeFaults(market: Market): readonly ActiveFault[] {
  const { faults, settings } = market.state;
  if (removeEndedFaults(faults, market.clock.now())) market.changed();
  const byPreset = Map.groupBy(faults, ({ id, preset }) => preset ?? id);
  const found = [...byPreset].flatMap(([which, [first]]) => (first ? describe(which, first) : []));
  if (settings.oddities.recordLag === 'measured') {
    const text = `Get and List show each change only after ${settings.recordLagMs.map(seconds).join(' or ')}.`;
    found.push({ which: 'lag', title: PRESETS.lag.title, text, endsAt: null, left: null });
  }
  return found;
}

function describe(which: string, fault: StoredFault): ActiveFault {
  const preset = fault.preset === undefined ? undefined : PRESETS[fault.preset as PresetName];
  const own = ownWords(fault);
  return {
    which,
    title: preset?.title ?? own.title,
    text: preset?.text ?? own.text,
    endsAt: fault.endsAt === undefined ? null : new Date(fault.endsAt).toISOString(),
    left: fault.count ?? null,
  };
}

function ownWords(fault: StoredFault): { readonly title: string; readonly text: string } {
  switch (fault.endpoint) {
    case 'webhook':
      return { title: 'Notifications', text: notificationText(fault) };
    case 'mail':
      return { title: 'Mail', text: mailText(fault) };
    default:
      return { title: ENDPOINT_NAMES[fault.endpoint].title, text: callText(fault) };
  }
}

function mailText(fault: MailFault): string {
  const which = fault.recipient === undefined ? '' : ` Only for ${fault.recipient}.`;
  switch (fault.refuse) {
    case 'recipient':
      return `${often(fault, 'recipient')} is refused with 550: the mailbox does not exist.${which}`;
    case 'greylist':
      return `${often(fault, 'recipient')} is refused with 451: try again later.${which}`;
    case 'away':
      return `${often(fault, 'connection')} is refused with 421: the mail server is not available.`;
  }
}

function callText(fault: EndpointFault): string {
  const { subscriptionId, dimension } = fault;
  const filters = [
    subscriptionId === undefined ? [] : [`subscription ${subscriptionId}`],
    dimension === undefined ? [] : [`dimension ${dimension}`],
  ].flat();
  const which = filters.length === 0 ? '' : ` Only for ${filters.join(' and ')}.`;
  return `${often(fault, 'call')} ${callEffects(fault).join(', and ')}.${which}`;
}

function callEffects(fault: EndpointFault): string[] {
  const { status, drop, latencyMs, hold, afterEffect, rowStatus } = fault;
  const effects = [
    latencyMs ? [`takes ${seconds(latencyMs)} longer`] : [],
    hold ? ['is held until this fault ends'] : [],
    drop ? ['is cut without an answer'] : [],
    status !== undefined && !drop ? [`is answered with ${status}`] : [],
    rowStatus === undefined ? [] : [`gets the status ${rowStatus} for its usage rows`],
  ].flat();
  if (effects.length === 0) return ['is answered as usual'];
  return afterEffect ? [...effects, 'has its effect before that'] : effects;
}

function notificationText(fault: WebhookFault): string {
  const { drop, duplicate, delayMs, reorder, actions, subscriptionId } = fault;
  const effects = [
    drop ? ['is never sent'] : [],
    duplicate ? [`is sent ${duplicate + 1} times at once`] : [],
    delayMs ? [`is sent ${seconds(delayMs)} later`] : [],
    reorder ? ['is sent only after the next one'] : [],
  ].flat();
  const filters = [
    actions ? [`the action ${actions.join(' or ')}`] : [],
    subscriptionId === undefined ? [] : [`subscription ${subscriptionId}`],
  ].flat();
  const which = filters.length === 0 ? '' : ` Only for ${filters.join(' and ')}.`;
  const text = effects.length === 0 ? 'is sent as usual' : effects.join(', and ');
  return `${often(fault, 'notification')} ${text}.${which}`;
}

function often(fault: EndpointFault | WebhookFault | MailFault, thing: string): string {
  const { count, after, probability } = fault;
  const share =
    probability === undefined || probability === 1
      ? ''
      : `, with a chance of ${Math.round(probability * 100)} %,`;
  if (after) return `After ${after} more: every ${thing}${share}`;
  if (count === 1) return `The next ${thing}${share}`;
  return count === undefined
    ? `Every ${thing}${share}`
    : `Each of the next ${count} ${thing}s${share}`;
}

function seconds(ms: number): string {
  return `${ms / SECOND_MS} ${ms === SECOND_MS ? 'second' : 'seconds'}`;
}

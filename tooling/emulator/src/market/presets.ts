import { DAY_MS, MINUTE_MS, SECOND_MS } from './constants.ts';
import { MARKETPLACE_ENDPOINTS } from './endpoint-names.ts';
import { addFault, removeFaults, type InjectedFault } from './faults.ts';
import type { Market } from './market.ts';
import { mergeSettings, settingsSchema } from './settings.ts';

export const PRESET_NAMES = [
  'outage',
  'slow',
  'duplicate',
  'lose-next',
  'lag',
  'mail-refused',
  'mail-later',
  'mail-away',
  'advance-day',
  'reset-faults',
] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

interface PresetText {
  readonly title: string;
  /** What happens, in one sentence. */
  readonly text: string;
}

/** How long every answer takes with `slow`. Landfall gives up on a call after 60 s. */
const SLOW_MS = 5 * SECOND_MS;

/** How late records are with `lag`: long enough for a person to see both states. */
const LAG_MS = 20 * SECOND_MS;

/** Disturbances of one click, for the pages and the control API. */
export const PRESETS: Readonly<Record<PresetName, PresetText>> = {
  outage: {
    title: 'Marketplace down for a minute',
    text: 'Every call of the fulfillment, operations and metering APIs is answered with 503. Notifications and sign-in still work.',
  },
  slow: {
    title: 'Answer slowly',
    text: 'Every call of the fulfillment, operations and metering APIs takes 5 seconds longer, for five minutes.',
  },
  duplicate: {
    title: 'Deliver everything twice',
    text: 'Every notification is sent two times at the same moment, for ten minutes.',
  },
  'lose-next': {
    title: 'Lose the next notification',
    text: 'The next notification is never sent. The publisher has to find out by itself what has changed.',
  },
  lag: {
    title: 'Show changes late',
    text: 'Get and List show each change only after 20 seconds, although its notification has been sent.',
  },
  'mail-refused': {
    title: 'Refuse the next mail',
    text: 'The next recipient is refused with 550, as if the mailbox did not exist.',
  },
  'mail-later': {
    title: 'Greylist mails',
    text: 'Every recipient is refused with 451 (try again later), for two minutes.',
  },
  'mail-away': {
    title: 'Mail server down',
    text: 'Every connection to the mail server is refused with 421, for five minutes.',
  },
  'advance-day': {
    title: 'Move the clock by a day',
    text: 'Everything that is due within a day happens now: renewals, retries, reports of usage.',
  },
  'reset-faults': {
    title: 'Back to normal',
    text: 'Ends every fault, and changes are shown at once again.',
  },
};

/** Starts a preset. A preset that is active starts again. */
export async function runPreset(market: Market, name: PresetName): Promise<void> {
  switch (name) {
    case 'outage':
      return inject(
        market,
        name,
        MARKETPLACE_ENDPOINTS.map((endpoint) => ({ endpoint, status: 503, forMs: MINUTE_MS })),
      );
    case 'slow':
      return inject(
        market,
        name,
        MARKETPLACE_ENDPOINTS.map((endpoint) => ({
          endpoint,
          latencyMs: SLOW_MS,
          forMs: 5 * MINUTE_MS,
        })),
      );
    case 'duplicate':
      return inject(market, name, [{ endpoint: 'webhook', duplicate: 1, forMs: 10 * MINUTE_MS }]);
    case 'lose-next':
      return inject(market, name, [{ endpoint: 'webhook', drop: true, count: 1 }]);
    case 'lag':
      return setLag(market, LAG_MS);
    case 'mail-refused':
      return inject(market, name, [{ endpoint: 'mail', refuse: 'recipient', count: 1 }]);
    case 'mail-later':
      return inject(market, name, [{ endpoint: 'mail', refuse: 'greylist', forMs: 2 * MINUTE_MS }]);
    case 'mail-away':
      return inject(market, name, [{ endpoint: 'mail', refuse: 'away', forMs: 5 * MINUTE_MS }]);
    case 'advance-day':
      await market.clock.advance(DAY_MS);
      return undefined;
    case 'reset-faults':
      removeFaults(market.state.faults);
      return setLag(market, null);
  }
}

/**
 * Ends one fault, all faults of a preset, or all.
 * @param which the id of a fault or the name of a preset
 * @returns false if there is nothing to end
 */
export function endFaults(market: Market, which?: string): boolean {
  const isLag = which === 'lag' && market.state.settings.oddities.recordLag === 'measured';
  if (isLag) setLag(market, null);
  const isFound = removeFaults(market.state.faults, which);
  market.changed();
  return isLag || isFound;
}

function inject(market: Market, preset: PresetName, faults: readonly InjectedFault[]): void {
  removeFaults(market.state.faults, preset);
  const now = market.clock.now();
  for (const fault of faults) addFault(market.state.faults, fault, { now, preset });
  market.changed();
}

/** @param lagMs how late records are; null for not at all */
function setLag(market: Market, lagMs: number | null): void {
  const { state } = market;
  state.settings = mergeSettings(state.settings, {
    oddities: { recordLag: lagMs === null ? 'documented' : 'measured' },
    recordLagMs: lagMs === null ? settingsSchema.parse({}).recordLagMs : [lagMs],
  });
  market.changed();
}

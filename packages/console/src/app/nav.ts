import type { Scope } from '@landfall/contracts/scopes';
import type { IconName } from '../parts/icon.tsx';
import type { WordKey } from '../words/areas.ts';

/** A page of the console in the menu. */
export interface Place {
  readonly to: string;
  readonly label: WordKey;
  readonly icon: IconName;
  /** The letter after `g` that leads there. */
  readonly letter?: string;
  /** Without it the page would be empty, so the menu leaves it out. */
  readonly scope?: Scope;
}

export interface PlaceGroup {
  readonly label: WordKey;
  readonly places: readonly Place[];
}

export const groups: readonly PlaceGroup[] = [
  {
    label: 'shell.group.work',
    places: [
      { to: '/', label: 'shell.home', icon: 'home', letter: 'h' },
      { to: '/matters', label: 'shell.matters', icon: 'flag', letter: 'm' },
      { to: '/calendar', label: 'shell.calendar', icon: 'calendar', letter: 'c' },
    ],
  },
  {
    label: 'shell.group.fulfillment',
    places: [
      place('/subscriptions', 'subscriptions', 'layers', 'subscriptions:read', 's'),
      place('/inbox', 'inbox', 'inbox', 'notifications:read', 'i'),
      place('/operations', 'operations', 'arrows', 'subscriptions:read', 'o'),
      place('/rules', 'rules', 'sliders', 'policies:read', 'r'),
    ],
  },
  {
    label: 'shell.group.product',
    places: [
      place('/deliveries', 'deliveries', 'send', 'destinations:read', 'd'),
      place('/destinations', 'destinations', 'target', 'destinations:read', 't'),
      place('/mails', 'mails', 'mail', 'settings:read'),
    ],
  },
  {
    label: 'shell.group.money',
    places: [
      place('/usage', 'usage', 'gauge', 'usage:read', 'u'),
      place('/usage/statements', 'statements', 'receipt', 'usage:read'),
      place('/catalogue', 'catalogue', 'book', 'usage:read'),
    ],
  },
  {
    label: 'shell.group.truth',
    places: [
      place('/reconciliation', 'reconciliation', 'scale', 'subscriptions:read', 'e'),
      place('/pages', 'pages', 'window', 'landing:read'),
    ],
  },
  {
    label: 'shell.group.access',
    places: [
      place('/publishers', 'publishers', 'building', 'publishers:read', 'p'),
      place('/keys', 'keys', 'key', 'keys:read', 'k'),
      place('/people', 'people', 'people', 'operators:read'),
      place('/audit', 'audit', 'scroll', 'audit:read', 'a'),
    ],
  },
  {
    label: 'shell.group.system',
    places: [
      place('/setup', 'setup', 'checklist', 'health:read'),
      place('/doctor', 'doctor', 'stethoscope', 'health:read'),
      place('/health', 'health', 'pulse', 'health:read'),
    ],
  },
];

/** All places, in the order of the menu. */
export const places: readonly Place[] = groups.flatMap((group) => group.places);

function place(
  to: string,
  name:
    | 'subscriptions'
    | 'inbox'
    | 'operations'
    | 'rules'
    | 'deliveries'
    | 'destinations'
    | 'mails'
    | 'usage'
    | 'statements'
    | 'catalogue'
    | 'reconciliation'
    | 'pages'
    | 'publishers'
    | 'keys'
    | 'people'
    | 'audit'
    | 'setup'
    | 'doctor'
    | 'health',
  icon: IconName,
  scope: Scope,
  letter?: string,
): Place {
  return { to, label: `shell.${name}`, icon, scope, ...(letter === undefined ? {} : { letter }) };
}

import type { Destination, DestinationChange, DestinationInput } from '../../api/destinations.ts';

export type FormChannel = DestinationInput extends { channel?: infer C } ? NonNullable<C> : never;

/** What a form holds: texts as they are typed, and choices. */
export interface Draft {
  readonly label: string;
  readonly url: string;
  readonly to: string;
  readonly typesChoice: 'all' | 'none' | 'some';
  readonly types: readonly string[];
  readonly mattersChoice: 'all' | 'none' | 'some';
  readonly matterKinds: readonly string[];
  readonly severities: 'all' | 'warning' | 'critical';
  readonly offerIds: string;
  readonly isOrdered: boolean;
  readonly language: Destination['language'];
  readonly digest: Destination['digest'];
  readonly digestHour: string;
  readonly timeZone: string;
  readonly hasQuietHours: boolean;
  readonly quietFrom: string;
  readonly quietTo: string;
  readonly exceptCritical: boolean;
}

/** What most people want: a product gets events, people get what needs them. */
export function newDraft(channel: FormChannel, language: Destination['language']): Draft {
  const isProduct = channel === 'product';
  return {
    label: '',
    url: '',
    to: '',
    typesChoice: isProduct ? 'all' : 'none',
    types: [],
    mattersChoice: isProduct ? 'none' : 'all',
    matterKinds: [],
    severities: 'all',
    offerIds: '',
    isOrdered: false,
    language,
    digest: 'at-once',
    digestHour: '8',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    hasQuietHours: false,
    quietFrom: '22:00',
    quietTo: '07:00',
    exceptCritical: true,
  };
}

/** Landfall never shows the whole address of a Teams workflow or a Slack app. */
export function hidesUrl(channel: Destination['channel']): boolean {
  return channel === 'teams' || channel === 'slack';
}

export function draftOf(destination: Destination): Draft {
  const { channel, types, matterKinds, severities, quietHours } = destination;
  const isProduct = channel === 'product';
  return {
    label: destination.label,
    url: hidesUrl(channel) ? '' : destination.url,
    to: destination.recipients.join('\n'),
    typesChoice: types.length > 0 ? 'some' : isProduct ? 'all' : 'none',
    types,
    mattersChoice: matterKinds === 'all' ? 'all' : matterKinds.length === 0 ? 'none' : 'some',
    matterKinds: matterKinds === 'all' ? [] : matterKinds,
    severities:
      severities.length === 0 ? 'all' : severities.includes('warning') ? 'warning' : 'critical',
    offerIds: destination.offerIds.join(', '),
    isOrdered: destination.isOrdered,
    language: destination.language,
    digest: destination.digest,
    digestHour: String(destination.digestHour),
    timeZone: destination.timeZone,
    hasQuietHours: quietHours !== null,
    quietFrom: quietHours?.from ?? '22:00',
    quietTo: quietHours?.to ?? '07:00',
    exceptCritical: quietHours?.exceptCritical ?? true,
  };
}

type Settings = Omit<DestinationChange, 'destinationId'>;

/** The API's fields for a draft. The API checks them; an empty address is left out. */
export function settingsOf(draft: Draft, channel: Destination['channel']): Settings {
  const url = draft.url.trim();
  const common = {
    label: draft.label.trim(),
    ...(url === '' ? {} : { url }),
    types: (draft.typesChoice === 'some' ? [...draft.types] : []) as Destination['types'],
    offerIds: partsOf(draft.offerIds),
  };
  if (channel === 'product') return { ...common, isOrdered: draft.isOrdered };
  return {
    ...common,
    ...(channel === 'mail' ? { recipients: partsOf(draft.to) } : {}),
    matterKinds: mattersOf(draft),
    severities: SEVERITIES[draft.severities],
    language: draft.language,
    digest: draft.digest,
    digestHour: Number(draft.digestHour),
    timeZone: draft.timeZone.trim(),
    quietHours: draft.hasQuietHours
      ? { from: draft.quietFrom, to: draft.quietTo, exceptCritical: draft.exceptCritical }
      : null,
  };
}

const SEVERITIES: Readonly<Record<Draft['severities'], Destination['severities']>> = {
  all: [],
  warning: ['warning', 'critical'],
  critical: ['critical'],
};

function mattersOf({ mattersChoice, matterKinds }: Draft): Destination['matterKinds'] {
  if (mattersChoice === 'all') return 'all';
  return (mattersChoice === 'none' ? [] : [...matterKinds]) as Destination['matterKinds'];
}

function partsOf(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

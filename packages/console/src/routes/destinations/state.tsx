import type { Destination } from '../../api/destinations.ts';
import { Status } from '../../parts/badge.tsx';
import { t } from '../../words/words.ts';

export const destinationStates = ['enabled', 'failing', 'disabled'] as const;

export type DestinationState = (typeof destinationStates)[number];

const tones = { enabled: 'good', failing: 'bad', disabled: 'quiet' } as const;

/** Failing destinations are enabled: Landfall still tries. */
export function stateOf({
  state,
  failingSince,
}: Pick<Destination, 'state' | 'failingSince'>): DestinationState {
  if (state === 'disabled') return 'disabled';
  return failingSince === undefined ? 'enabled' : 'failing';
}

export function DestinationStatus({ destination }: { readonly destination: Destination }) {
  const state = stateOf(destination);
  return <Status tone={tones[state]}>{t(`destinations.state.${state}`)}</Status>;
}

/** The address, or how many people get the mails. */
export function whereTo({ channel, url, recipients }: Destination): string {
  if (channel === 'mail') return t('destinations.recipients', { count: recipients.length });
  return url;
}

export function typesWords({ channel, types }: Pick<Destination, 'channel' | 'types'>): string {
  if (types.length > 0) return t('destinations.types.count', { count: types.length });
  return channel === 'product' ? t('destinations.types.all') : t('destinations.types.none');
}

export function mattersWords({ matterKinds }: Pick<Destination, 'matterKinds'>): string {
  if (matterKinds === 'all') return t('destinations.matters.all');
  if (matterKinds.length === 0) return t('destinations.matters.none');
  return t('destinations.matters.count', { count: matterKinds.length });
}

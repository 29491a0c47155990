import type { Publisher } from '../../api/publishers.ts';
import { Status, type Tone } from '../../parts/badge.tsx';
import { t } from '../../words/words.ts';

const tones: Readonly<Record<Publisher['credential'], Tone>> = {
  ok: 'good',
  expiring: 'warn',
  expired: 'bad',
  rejected: 'bad',
  unknown: 'quiet',
};

export function CredentialStatus({ state }: { readonly state: Publisher['credential'] }) {
  return <Status tone={tones[state]}>{t(`system.credential.${state}`)}</Status>;
}

/** In the URL, for the only publisher of an installation if it has no id. */
const NO_ID = '-';

export function inPath(publisherId: string | undefined): string {
  return publisherId ?? NO_ID;
}

export function fromPath(part: string): string | undefined {
  return part === NO_ID ? undefined : part;
}

import type { CalendarKind } from '../../api/calendar.ts';
import { Status, type Tone } from '../../parts/badge.tsx';
import { t } from '../../words/words.ts';

/** What must be done by a person comes first; the rest happens by itself. */
export const tones: Readonly<Record<CalendarKind, Tone>> = {
  approvalDue: 'warn',
  configurationDue: 'warn',
  provisioningDue: 'warn',
  suspensionEnds: 'warn',
  credentialEnds: 'warn',
  keyEnds: 'warn',
  trialConverts: 'notice',
  renews: 'good',
  ends: 'quiet',
  erasure: 'quiet',
};

export const kindsInOrder = Object.keys(tones) as readonly CalendarKind[];

/** A person has to act before the date. */
export function mustBeDone(kind: CalendarKind): boolean {
  return tones[kind] === 'warn';
}

export function Kind({ kind }: { readonly kind: CalendarKind }) {
  return (
    <span data-hint={t(`calendar.kind.${kind}.hint`)}>
      <Status tone={tones[kind]}>{t(`calendar.kind.${kind}`)}</Status>
    </span>
  );
}

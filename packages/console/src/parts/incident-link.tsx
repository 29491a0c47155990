import { t } from '../words/words.ts';

interface Props {
  readonly page: string;
  /** Tells screen readers what the incident page is about, where several such links are shown together. */
  readonly about?: string;
  readonly className?: string;
}

/** A link to the incident page of an alert. It opens in a new tab, so that a person can follow its steps in the console. */
export function IncidentLink({ page, about, className }: Props) {
  const label = t('parts.incidentPage');
  const name = about === undefined ? undefined : `${label}: ${about}`;
  return (
    <a href={page} target="_blank" rel="noreferrer" className={className} aria-label={name}>
      {label}
    </a>
  );
}

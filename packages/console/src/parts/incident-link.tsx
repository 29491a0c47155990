import { t } from '../words/words.ts';

interface Props {
  readonly page: string;
  /** What the page is about, for screen readers, where several links are on a page. */
  readonly about?: string;
  readonly className?: string;
}

/** A link to the incident page of an alert. It opens beside the console, so that a person can follow its steps here. */
export function IncidentLink({ page, about, className }: Props) {
  const label = t('parts.incidentPage');
  const name = about === undefined ? undefined : `${label}: ${about}`;
  return (
    <a href={page} target="_blank" rel="noreferrer" className={className} aria-label={name}>
      {label}
    </a>
  );
}

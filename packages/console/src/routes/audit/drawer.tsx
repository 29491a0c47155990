import type { AuditEntry } from '../../api/access.ts';
import { Status, Tag } from '../../parts/badge.tsx';
import { Drawer } from '../../parts/drawer.tsx';
import { Id } from '../../parts/id.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { fieldChanges } from './field-changes.ts';
import './audit.css';

/** One entry, with what changed. */
export function AuditDrawer({
  entry,
  isOpen,
  onClose,
}: {
  /** Undefined: the link names one that the list does not hold. */
  readonly entry: AuditEntry | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      title={entry?.procedure ?? t('access.audit.entry')}
      aside={entry && <OutcomeStatus entry={entry} />}
      isOpen={isOpen}
      onClose={onClose}
    >
      {entry ? <Whole entry={entry} /> : <p>{t('access.audit.gone')}</p>}
    </Drawer>
  );
}

export function OutcomeStatus({ entry: { outcome, times } }: { readonly entry: AuditEntry }) {
  const isDone = outcome === 'done' || outcome === 'dry-run';
  return (
    <span className="row">
      <Status tone={outcome === 'done' ? 'good' : isDone ? 'quiet' : 'bad'}>
        {isDone ? t(`access.audit.outcome.${outcome}`) : outcome}
      </Status>
      {times > 1 && <Tag>{t('access.audit.times', { count: times })}</Tag>}
    </span>
  );
}

function Whole({ entry }: { readonly entry: AuditEntry }) {
  const { actor, actorLabel, subject, reason, requestedBy, approvedBy, from } = entry;
  const { at, publisherId, correlationId, sequence, hash } = entry;
  return (
    <>
      <Facts
        items={[
          [t('access.audit.at'), <Time key="at" at={at} />],
          [
            t('access.audit.actor'),
            <span key="actor" className="two-lines">
              {actorLabel !== undefined && <span>{actorLabel}</span>}
              <small className="mono">{actor}</small>
            </span>,
          ],
          [t('access.audit.subject'), subject && <code>{subject}</code>],
          [t('access.audit.reason'), reason],
          [t('access.audit.requestedBy'), requestedBy],
          [t('access.audit.approvedBy'), approvedBy],
          [t('access.publisher'), publisherId],
          [t('access.audit.from'), from && <code>{from}</code>],
          [t('access.audit.correlation'), <Id key="correlation" value={correlationId} />],
          [t('access.audit.sequence'), sequence],
          [t('access.audit.hash'), <Id key="hash" value={hash} />],
        ]}
      />
      <Section title={t('access.audit.changed')}>
        <Changes before={entry.before} after={entry.after} />
      </Section>
      <RawJson value={entry} />
    </>
  );
}

function Changes({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const changes = fieldChanges(before, after);
  if (changes.length === 0) return <p className="muted">{t('access.audit.unchanged')}</p>;
  return (
    <ul className="diff">
      {changes.map(({ path, before: was, after: is }) => (
        <li key={path}>
          <code className="diff-path">{path}</code>
          {was !== undefined && <Line sign="−" label={t('access.audit.before')} text={was} />}
          {is !== undefined && <Line sign="+" label={t('access.audit.after')} text={is} />}
        </li>
      ))}
    </ul>
  );
}

function Line({
  sign,
  label,
  text,
}: {
  readonly sign: '+' | '−';
  readonly label: string;
  readonly text: string;
}) {
  return (
    <span className={sign === '+' ? 'diff-line diff-after' : 'diff-line diff-before'}>
      <span aria-hidden="true">{sign}</span>
      <span className="visually-hidden">{label}</span>
      <code>{text}</code>
    </span>
  );
}

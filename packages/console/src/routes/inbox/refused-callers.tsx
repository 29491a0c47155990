import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Counters } from '../../api/notifications.ts';
import { publisherList, type Publisher } from '../../api/publishers.ts';
import { useMay } from '../../app/session.ts';
import { Tag } from '../../parts/badge.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card } from '../../parts/page.tsx';
import { Stat } from '../../parts/stat.tsx';
import { EmptyState, Loaded } from '../../parts/states.tsx';
import { Steps, type Step } from '../../parts/steps.tsx';
import { hasWord, number, t } from '../../words/words.ts';
import { StartButton } from '../reconciliation/start.tsx';
import { HARMLESS } from './harmless.ts';
import { MARKETPLACE, audiencesOf, issuersOf } from './expected.ts';

/** Calls that were not verified, for whatever reason. */
export function refusedCallers({ unauthenticated }: Counters): number {
  return Object.values(unauthenticated).reduce((sum, count) => sum + count, 0);
}

export function RefusedCallers({ query }: { readonly query: UseQueryResult<Counters> }) {
  const may = useMay();
  const publishers = useQuery({ ...publisherList(), enabled: may('publishers:read') });
  return (
    <div className="stack">
      <p className="page-about">{t('inbox.callers.about')}</p>
      <Loaded query={query} lines={5}>
        {(counters) => (
          <>
            <Card isFlush>
              <div className="figures">
                <Stat
                  label={t('inbox.callers.stat.accepted')}
                  value={number(counters.accepted)}
                  detail={t('inbox.callers.stat.since')}
                />
                <Stat
                  label={t('inbox.callers.stat.refused')}
                  value={number(refusedCallers(counters))}
                  tone={refusedCallers(counters) > 0 ? 'bad' : 'quiet'}
                  detail={t('inbox.callers.stat.since')}
                />
                <Stat
                  label={t('inbox.callers.stat.unpublished')}
                  value={number(counters.unpublished)}
                  tone={counters.unpublished > 0 ? 'warn' : 'quiet'}
                  detail={t('inbox.callers.stat.unpublished.detail')}
                />
              </div>
            </Card>
            <Missed counters={counters} />
            <Card isFlush>
              {refusedCallers(counters) === 0 ? (
                <EmptyState
                  icon="check"
                  title={t('inbox.callers.none.title')}
                  text={t('inbox.callers.none.text')}
                />
              ) : (
                <Steps
                  label={t('inbox.tab.callers')}
                  steps={reasonSteps(counters, publishers.data ?? [])}
                />
              )}
            </Card>
          </>
        )}
      </Loaded>
    </div>
  );
}

/** What the refused calls of Microsoft have led to, and how to catch up. */
function Missed({ counters }: { readonly counters: Counters }) {
  const isGenuine = Object.keys(counters.unauthenticated).some((reason) => !HARMLESS.has(reason));
  if (!isGenuine) return null;
  return (
    <Notice
      tone="warn"
      title={t('inbox.callers.missed')}
      actions={<StartButton look="plain" mode="real" />}
    >
      <p>{t('inbox.callers.missed.text')}</p>
    </Notice>
  );
}

/** The serious reasons first, then the frequent ones. */
function reasonSteps(counters: Counters, publishers: readonly Publisher[]): readonly Step[] {
  return Object.entries(counters.unauthenticated)
    .toSorted(
      ([left, many], [right, more]) =>
        Number(HARMLESS.has(left)) - Number(HARMLESS.has(right)) || more - many,
    )
    .map(([reason, calls]) => {
      const isHarmless = HARMLESS.has(reason) && counters.accepted > 0;
      return {
        key: reason,
        tone: isHarmless ? 'warn' : 'bad',
        title: (
          <span className="row">
            {textOf(reason) ?? t('inbox.refusal.other', { reason })}
            <Tag tone={isHarmless ? 'quiet' : 'bad'}>
              {t('inbox.callers.calls', { count: calls })}
            </Tag>
          </span>
        ),
        facts: [
          [t('inbox.callers.why'), textOf(`${reason}.why`)],
          [t('inbox.callers.expected'), expectedOf(reason, publishers)],
          [t('inbox.callers.next'), textOf(`${reason}.next`)],
        ],
        actions: (
          <Link to="/doctor" className="button button-plain button-small">
            {t('inbox.callers.doctor')}
          </Link>
        ),
      };
    });
}

function textOf(name: string): string | undefined {
  const key = `inbox.refusal.${name}`;
  return hasWord(key) ? t(key) : undefined;
}

/** What a genuine call has, by the configuration of the publishers. */
function expectedOf(reason: string, publishers: readonly Publisher[]) {
  if (reason === 'caller') return <code>{MARKETPLACE}</code>;
  const values = publishers.flatMap((publisher) => {
    if (reason === 'audience') return audiencesOf(publisher);
    if (reason === 'issuer') return issuersOf(publisher);
    if (reason === 'tenant' || reason === 'unknown-key') return [publisher.tenantId];
    return [];
  });
  if (values.length === 0) return textOf(`${reason}.expected`);
  return (
    <>
      {values.map((value) => (
        <code key={value} className="block">
          {value}
        </code>
      ))}
    </>
  );
}

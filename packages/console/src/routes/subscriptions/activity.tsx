import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import {
  activityOf,
  openedRow,
  type Activity,
  type ActivitySource,
} from '../../api/subscriptions.ts';
import { Status } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Drawer } from '../../parts/drawer.tsx';
import type { IconName } from '../../parts/icon.tsx';
import { Id } from '../../parts/id.tsx';
import { Json } from '../../parts/json.tsx';
import { Card, Facts, Section } from '../../parts/page.tsx';
import { ErrorState, Loaded, Skeleton } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { Timeline, TimelineRow } from '../../parts/timeline.tsx';
import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { factsOf, outcomeOf, titleOf } from './activity-words.ts';

const route = getRouteApi('/subscriptions/$subscriptionId');

const icons: Readonly<Record<ActivitySource, IconName>> = {
  timeline: 'layers',
  notification: 'inbox',
  operation: 'arrows',
  decision: 'sliders',
  call: 'globe',
  delivery: 'send',
  mail: 'mail',
  usage: 'gauge',
  landing: 'window',
  audit: 'scroll',
  matter: 'flag',
  note: 'bookmark',
};

const activitySources = Object.keys(icons) as readonly ActivitySource[];

/** Everything that happened, from every service, in one list. Each row leads to the record behind it. */
export function ActivityPart({ subscriptionId }: { readonly subscriptionId: string }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = activitySources.filter((one) => search.sources?.split(',').includes(one));
  const filter = {
    sources: chosen.length === 0 ? undefined : chosen,
    operationId: search.about,
  };
  const pages = usePaged(activityOf(subscriptionId, filter));
  const change = (next: Partial<typeof search>) =>
    void navigate({ search: { ...search, ...next }, replace: true, resetScroll: false });
  const toggle = (source: ActivitySource) => {
    const next = chosen.includes(source)
      ? chosen.filter((one) => one !== source)
      : [...chosen, source];
    change({ sources: next.length === 0 ? undefined : next.join(',') });
  };
  return (
    <Section title={t('subscriptions.activity')} about={t('subscriptions.activity.about')}>
      <Card>
        <div className="stack">
          <Chips chosen={chosen} toggle={toggle} />
          {search.about !== undefined && (
            <p className="row">
              {t('subscriptions.activity.only')} <Id value={search.about} />
              <Button
                isSmall
                look="quiet"
                icon="close"
                onPress={() => change({ about: undefined })}
              >
                {t('subscriptions.activity.all')}
              </Button>
            </p>
          )}
          <Missing missing={pages.first?.missing ?? []} />
          <Rows pages={pages} />
        </div>
      </Card>
      <RowDrawer
        subscriptionId={subscriptionId}
        rows={pages.rows}
        isLoading={pages.isLoading}
        openId={search.row}
        onClose={() => change({ row: undefined })}
      />
    </Section>
  );
}

function Chips({
  chosen,
  toggle,
}: {
  readonly chosen: readonly ActivitySource[];
  readonly toggle: (source: ActivitySource) => void;
}) {
  return (
    <div className="chips" role="group" aria-label={t('subscriptions.activity.sources')}>
      {activitySources.map((source) => (
        <button
          key={source}
          type="button"
          className="pill"
          aria-pressed={chosen.includes(source)}
          onClick={() => toggle(source)}
        >
          {t(`subscriptions.source.${source}`)}
        </button>
      ))}
    </div>
  );
}

function Missing({
  missing,
}: {
  readonly missing: readonly { readonly source: ActivitySource; readonly why: string }[];
}) {
  const names = (why: string) =>
    missing
      .filter((one) => one.why === why)
      .map(({ source }) => t(`subscriptions.source.${source}`))
      .join(', ');
  const [silent, hidden] = [names('no-answer'), names('no-scope')];
  return (
    <>
      {silent !== '' && (
        <Status tone="warn">{t('subscriptions.activity.silent', { sources: silent })}</Status>
      )}
      {hidden !== '' && (
        <p className="muted">{t('subscriptions.activity.hidden', { sources: hidden })}</p>
      )}
    </>
  );
}

type Pages = ReturnType<typeof usePaged<ActivityPage>>;
interface ActivityPage {
  readonly items: readonly Activity[];
  readonly nextCursor?: string | undefined;
}

function Rows({ pages }: { readonly pages: Pages }) {
  const { rows, isLoading, error, retry, hasMore, isLoadingMore, loadMore } = pages;
  if (error !== undefined) return <ErrorState error={error} onRetry={retry} />;
  if (isLoading) return <Skeleton lines={8} />;
  return (
    <>
      {rows.length === 0 && !hasMore && <p className="muted">{t('subscriptions.activity.none')}</p>}
      <Timeline label={t('subscriptions.activity')}>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </Timeline>
      {hasMore && (
        <div className="row">
          <Button isSmall look="quiet" isPending={isLoadingMore} onPress={loadMore}>
            {isLoadingMore ? t('parts.loadingMore') : t('subscriptions.activity.older')}
          </Button>
        </div>
      )}
    </>
  );
}

function Row({ row }: { readonly row: Activity }) {
  const { source, at, isProblem, actor, details } = row;
  const outcome = outcomeOf(row);
  const facts = factsOf(row);
  const text = source === 'note' ? details?.['text'] : undefined;
  return (
    <TimelineRow
      at={at}
      icon={icons[source]}
      tone={isProblem ? 'bad' : source === 'timeline' ? 'notice' : 'quiet'}
      by={actor === undefined ? undefined : wordFor('subscriptions.actor', actor)}
      title={
        <>
          <Link
            from="/subscriptions/$subscriptionId"
            search={(before) => ({ ...before, row: row.id })}
            resetScroll={false}
            className="activity-title"
          >
            {titleOf(row)}
          </Link>
          {outcome !== undefined && (
            <span className={isProblem ? 'activity-outcome figure-bad' : 'activity-outcome'}>
              {outcome}
            </span>
          )}
        </>
      }
    >
      {facts.length > 0 && <p className="activity-facts">{facts.join(' · ')}</p>}
      {typeof text === 'string' && <blockquote className="quote">{text}</blockquote>}
    </TimelineRow>
  );
}

function RowDrawer({
  subscriptionId,
  rows,
  isLoading,
  openId,
  onClose,
}: {
  readonly subscriptionId: string;
  readonly rows: readonly Activity[];
  readonly isLoading: boolean;
  readonly openId: string | undefined;
  readonly onClose: () => void;
}) {
  const row = rows.find(({ id }) => id === openId);
  return (
    <Drawer
      title={row ? titleOf(row) : t('subscriptions.activity.row')}
      isOpen={openId !== undefined && !isLoading}
      onClose={onClose}
    >
      {row ? (
        <Opened row={row} subscriptionId={subscriptionId} />
      ) : (
        <p>{t('subscriptions.activity.gone')}</p>
      )}
    </Drawer>
  );
}

function Opened({
  row,
  subscriptionId,
}: {
  readonly row: Activity;
  readonly subscriptionId: string;
}) {
  const query = useQuery(openedRow(row));
  const { source, actor, at, operationId, correlationId, open } = row;
  const only = (label: string, value: string | undefined) =>
    value === undefined ? undefined : (
      <span className="row">
        <Id value={value} />
        <Link
          to="/subscriptions/$subscriptionId"
          params={{ subscriptionId }}
          search={{ about: value }}
          resetScroll={false}
        >
          {label}
        </Link>
      </span>
    );
  return (
    <>
      <Facts
        items={[
          [t('subscriptions.activity.source'), t(`subscriptions.source.${source}`)],
          [t('subscriptions.activity.outcome'), outcomeOf(row)],
          [t('subscriptions.activity.by'), actor && wordFor('subscriptions.actor', actor)],
          [t('subscriptions.activity.at'), <Time key="at" at={at} />],
          [t('operations.operation'), only(t('subscriptions.activity.onlyOperation'), operationId)],
          [
            t('parts.error.correlation'),
            only(t('subscriptions.activity.onlyCorrelation'), correlationId),
          ],
        ]}
      />
      {factsOf(row).length > 0 && <p>{factsOf(row).join(' · ')}</p>}
      {open && (
        <Loaded query={query} lines={6}>
          {(record) => <Json value={record} label={open.procedure} />}
        </Loaded>
      )}
    </>
  );
}

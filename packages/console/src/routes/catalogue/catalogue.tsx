import { getRouteApi } from '@tanstack/react-router';
import { api } from '../../api/client.ts';
import { planList, type Plan } from '../../api/catalogue.ts';
import { useCommand } from '../../api/command.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal } from '../../app/session.ts';
import { Tag } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Filters } from '../../parts/filters.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Page, Section } from '../../parts/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Time } from '../../parts/time.tsx';
import { money, t } from '../../words/words.ts';
import { Included } from './included.tsx';
import { Meters } from './meters.tsx';
import { Recurring } from './recurring.tsx';
import './catalogue.css';

const route = getRouteApi('/catalogue');

export function CataloguePage() {
  const { tab = 'plans', ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title={t('catalogue.title')}
      about={t('catalogue.about')}
      crumbs={[{ label: t('catalogue.usage'), link: { to: '/usage' } }]}
      actions={<Refresh filter={filter} />}
    >
      <Tabs
        label={t('catalogue.title')}
        value={tab}
        onChange={(next) =>
          void navigate({ search: next === 'plans' ? {} : { tab: next }, replace: true })
        }
        tabs={[
          { key: 'plans', label: t('catalogue.plans'), content: <Plans /> },
          { key: 'meters', label: t('catalogue.meters'), content: <Meters /> },
          { key: 'recurring', label: t('catalogue.recurring'), content: <Recurring /> },
        ]}
      />
    </Page>
  );
}

type Filter = { readonly offerId?: string | undefined; readonly planId?: string | undefined };

function Refresh({ filter }: { readonly filter: Filter }) {
  const refusal = useRefusal('dimensions:write');
  const refresh = useCommand({
    run: api.catalogue.refresh.mutate,
    changes: ['catalogue'],
    done: ({ detail }) => detail,
  });
  return (
    <Button
      icon="refresh"
      isPending={refresh.isRunning}
      onPress={() => void refresh.start(filter)}
      refusal={refusal}
    >
      {t('catalogue.refresh')}
    </Button>
  );
}

function Plans() {
  const { tab: _, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(planList(filter));
  const isFiltered = filter.offerId !== undefined || filter.planId !== undefined;
  return (
    <div className="stack">
      <Filters
        value={filter}
        onChange={(next) => void navigate({ search: next, replace: true })}
        fields={[
          { kind: 'text', key: 'offerId', label: t('catalogue.offer') },
          { kind: 'text', key: 'planId', label: t('catalogue.plan') },
        ]}
      />
      {pages.error !== undefined && <ErrorState error={pages.error} onRetry={pages.retry} />}
      {pages.isLoading && <Skeleton lines={10} />}
      {!pages.isLoading && pages.rows.length === 0 && pages.error === undefined && (
        <Card>
          <EmptyState
            icon="book"
            title={t(isFiltered ? 'catalogue.filtered.title' : 'catalogue.empty.title')}
            text={t(isFiltered ? 'catalogue.filtered.text' : 'catalogue.empty.text')}
          />
        </Card>
      )}
      {[...Map.groupBy(pages.rows, ({ offerId, publisherId }) => `${publisherId} ${offerId}`)].map(
        ([key, plans]) => (
          <Section key={key} title={t('catalogue.offer.title', { offer: plans[0]?.offerId ?? '' })}>
            {plans.map((plan) => (
              <PlanCard key={plan.planId} plan={plan} />
            ))}
          </Section>
        ),
      )}
      {pages.hasMore && (
        <Button look="quiet" isPending={pages.isLoadingMore} onPress={pages.loadMore}>
          {t('parts.loadMore')}
        </Button>
      )}
    </div>
  );
}

function PlanCard({ plan }: { readonly plan: Plan }) {
  const { planId, displayName, isPrivate, isPricePerSeat, market, readAt, problem, version } = plan;
  return (
    <Card>
      <div className="plan-head">
        <h3>{displayName ?? planId}</h3>
        <code>{planId}</code>
        {isPrivate && <Tag>{t('catalogue.private')}</Tag>}
        {isPricePerSeat && <Tag>{t('catalogue.perSeat')}</Tag>}
        {market !== undefined && <Tag>{market}</Tag>}
        <span className="muted plan-read">
          {readAt === undefined ? (
            t('catalogue.notRead')
          ) : (
            <>
              {t('catalogue.readAt')} <Time at={readAt} />
            </>
          )}
        </span>
      </div>
      {problem !== undefined && (
        <Notice tone="bad" title={t('catalogue.problem')}>
          <p>
            <code>{problem}</code>. {t('catalogue.problem.next')}
          </p>
        </Notice>
      )}
      {version > 0 && <Included plan={plan} />}
      {plan.dimensions.length > 0 && (
        <ul className="plain-list muted">
          {plan.dimensions.map(({ id, displayName: name, unitOfMeasure, unitPrice, currency }) => (
            <li key={id}>
              <span>
                <code>{id}</code> {name}
              </span>
              <span>
                {unitPrice === undefined || currency === undefined
                  ? t('catalogue.price.unknown')
                  : t('catalogue.price', {
                      price: money(unitPrice, currency),
                      unit: unitOfMeasure ?? t('catalogue.unit'),
                    })}
              </span>
            </li>
          ))}
        </ul>
      )}
      <RawJson value={plan} />
    </Card>
  );
}

import { usePaged } from '../../api/paged.ts';
import { hourList, recordsOf, type HourKey, type UsageHour } from '../../api/usage.ts';
import { Drawer } from '../../parts/drawer.tsx';
import { Id } from '../../parts/id.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { Button } from '../../parts/button.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { HourStatus, hourWords, keyOfHour, nextStepWords, problemWords } from './hour.tsx';
import { quantity } from './quantity.ts';
import { Resend } from './resend.tsx';

/** One hour: how used units became billed ones, and the records behind it. */
export function HourDrawer({
  id,
  onClose,
}: {
  readonly id: string | undefined;
  readonly onClose: () => void;
}) {
  const key = id === undefined ? undefined : keyOfHour(id);
  return (
    <Drawer
      title={key ? `${key.dimension} · ${hourWords(key.hour)}` : t('usage.hour')}
      isOpen={id !== undefined}
      onClose={onClose}
    >
      {key ? <Found of={key} /> : <p>{t('usage.hour.gone')}</p>}
    </Drawer>
  );
}

function Found({ of }: { readonly of: HourKey }) {
  const { subscriptionId, dimension } = of;
  const pages = usePaged(hourList({ subscriptionId, dimension }));
  const found = pages.rows.filter(({ hour }) => Date.parse(hour) === Date.parse(of.hour));
  if (pages.error !== undefined) return <ErrorState error={pages.error} onRetry={pages.retry} />;
  if (found.length === 0 && pages.hasMore && !pages.isLoadingMore) {
    return <Button onPress={pages.loadMore}>{t('parts.loadMore')}</Button>;
  }
  if (pages.isLoading || pages.isLoadingMore) return <Skeleton lines={8} />;
  if (found.length === 0) return <p>{t('usage.hour.gone')}</p>;
  return (
    <>
      {found.map((hour) => (
        <Ledger key={`${hour.state} ${hour.planId}`} hour={hour} />
      ))}
      <Records of={of} />
      <RawJson value={found} />
    </>
  );
}

function Ledger({ hour }: { readonly hour: UsageHour }) {
  const { used, reported, billed, status, attempts, expiresAt, settledAt, usageEventId } = hour;
  const problem = problemWords(hour);
  return (
    <>
      {problem !== undefined && (
        <Notice
          tone={hour.state === 'held' || hour.state === 'open' ? 'warn' : 'bad'}
          title={problem}
          actions={<Resend hour={hour} />}
        >
          <p>{nextStepWords(hour)}</p>
        </Notice>
      )}
      <Facts
        items={[
          [t('usage.state'), <HourStatus key="state" hour={hour} />],
          [t('usage.used'), quantity(used)],
          [t('usage.reported'), quantity(reported)],
          [t('usage.billed'), billed === undefined ? t('usage.billed.unknown') : quantity(billed)],
          [t('usage.status'), status],
          [t('usage.attempts'), String(attempts)],
          [t('usage.expires'), expiresAt && <Time at={expiresAt} />],
          [t('usage.settled'), settledAt && <Time at={settledAt} />],
          [t('usage.resentBecause'), hour.resentBecause],
          [t('usage.plan'), <code key="plan">{hour.planId}</code>],
          [t('usage.subscription'), <SubscriptionLink key="of" id={hour.subscriptionId} />],
          [t('usage.event'), usageEventId && <Id value={usageEventId} />],
        ]}
      />
      <p className="muted">{t('usage.ledger.about')}</p>
    </>
  );
}

function Records({ of }: { readonly of: HourKey }) {
  const pages = usePaged(recordsOf(of));
  return (
    <Section title={t('usage.records')} about={t('usage.records.about')}>
      {pages.error !== undefined && <ErrorState error={pages.error} onRetry={pages.retry} />}
      {pages.isLoading ? (
        <Skeleton lines={3} />
      ) : pages.rows.length === 0 ? (
        <p className="muted">{t('usage.records.none')}</p>
      ) : (
        <table className="table-plain" aria-label={t('usage.records')}>
          <thead>
            <tr>
              <th>{t('usage.record')}</th>
              <th>{t('usage.record.at')}</th>
              <th className="end">{t('usage.quantity')}</th>
            </tr>
          </thead>
          <tbody>
            {pages.rows.map((record) => (
              <tr key={record.eventId}>
                <th scope="row">
                  <Id value={record.eventId} />
                </th>
                <td>
                  <Time at={record.occurredAt} />
                </td>
                <td className="end">{quantity(record.quantity)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {pages.hasMore && (
        <Button isSmall look="quiet" onPress={pages.loadMore}>
          {t('parts.loadMore')}
        </Button>
      )}
    </Section>
  );
}

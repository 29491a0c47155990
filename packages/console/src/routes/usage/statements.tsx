import { getRouteApi } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import { statementList, type Statement } from '../../api/usage.ts';
import { chosenPublisher } from '../../app/publisher.ts';
import { Status } from '../../parts/badge.tsx';
import { Button, IconButton } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page } from '../../parts/page.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { locale, money, t } from '../../words/words.ts';
import { quantity } from './quantity.ts';
import './usage.css';

const route = getRouteApi('/usage/statements');

export function StatementsPage() {
  const { month = thisMonth(), isTest } = route.useSearch();
  const navigate = route.useNavigate();
  const pages = usePaged(statementList(month, isTest ?? false));
  const go = (next: { month?: string; isTest?: boolean | undefined }) =>
    void navigate({ search: { month, isTest, ...next }, replace: true });
  return (
    <Page
      title={t('usage.statements.title')}
      about={t('usage.statements.about')}
      crumbs={[{ label: t('usage.title'), link: { to: '/usage' } }]}
      actions={
        <>
          <FileLink href={ofMonth(month, isTest, 'html')}>{t('usage.statements.print')}</FileLink>
          <FileLink href={ofMonth(month, isTest, 'csv')}>{t('usage.statements.csv')}</FileLink>
        </>
      }
    >
      <div className="month-bar">
        <IconButton
          icon="left"
          label={t('usage.statements.earlier')}
          onPress={() => go({ month: shifted(month, -1) })}
        />
        <h2 aria-live="polite">{monthWords(month)}</h2>
        <IconButton
          icon="right"
          label={t('usage.statements.later')}
          isDisabled={month >= thisMonth()}
          onPress={() => go({ month: shifted(month, 1) })}
        />
        {month !== thisMonth() && (
          <Button look="quiet" isSmall onPress={() => go({ month: thisMonth() })}>
            {t('usage.statements.now')}
          </Button>
        )}
      </div>
      <DataTable
        name="statements"
        label={t('usage.statements.title')}
        columns={columns()}
        pages={pages}
        rowKey={({ subscriptionId }) => subscriptionId}
        toolbar={
          <Filters
            value={{ isTest }}
            onChange={(next) => go({ isTest: next.isTest })}
            fields={[{ kind: 'boolean', key: 'isTest', label: t('usage.filter.test') }]}
          />
        }
        empty={
          <EmptyState
            icon="receipt"
            title={t('usage.statements.empty.title')}
            text={t('usage.statements.empty.text')}
          />
        }
      />
    </Page>
  );
}

/** A document of the API; it opens beside the console. */
function FileLink({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <a className="button button-plain" href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

function ofMonth(month: string, isTest: boolean | undefined, format: 'html' | 'csv'): string {
  const publisherId = chosenPublisher();
  const query = new URLSearchParams({
    month,
    format,
    ...(isTest === undefined ? {} : { isTest: String(isTest) }),
    ...(publisherId === undefined ? {} : { publisherId }),
  });
  return `/v1/usage/statements?${query.toString()}`;
}

function thisMonth(): string {
  return new Date().toISOString().slice(0, 7);
}

function shifted(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

const months = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });

function monthWords(month: string): string {
  return months.format(new Date(`${month}-01T00:00:00.000Z`));
}

function columns(): readonly Column<Statement>[] {
  return [
    {
      id: 'subscription',
      header: t('usage.subscription'),
      width: 1.4,
      cell: ({ subscriptionId }) => <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId,
    },
    {
      id: 'offer',
      header: t('usage.offer'),
      cell: ({ offerId }) => <code>{offerId}</code>,
      csv: ({ offerId }) => offerId,
    },
    {
      id: 'lines',
      header: t('usage.statements.lines'),
      width: 3.2,
      cell: ({ lines }) => (
        <ul className="plain-list">
          {lines.map((line) => (
            <li key={`${line.planId} ${line.termStart} ${line.dimension}`}>
              {t('usage.statements.line', {
                dimension: line.displayName ?? line.dimension,
                used: quantity(line.used),
                billed: quantity(line.billed),
              })}
              {line.notBilled !== '0' && (
                <span className="figure-bad">
                  {t('usage.statements.notBilled', { quantity: quantity(line.notBilled) })}
                </span>
              )}
            </li>
          ))}
        </ul>
      ),
    },
    {
      id: 'amount',
      header: t('usage.statements.amount'),
      align: 'end',
      width: 1.2,
      cell: ({ totals, isPriceMissing }) => (
        <div className="two-lines">
          {totals.length === 0 ? (
            <span>–</span>
          ) : (
            totals.map(({ amount, currency }) => (
              <span key={currency}>{money(amount, currency)}</span>
            ))
          )}
          {isPriceMissing && <small>{t('usage.statements.noPrice')}</small>}
        </div>
      ),
      csv: ({ totals }) => totals.map(({ amount, currency }) => `${amount} ${currency}`).join(' '),
    },
    {
      id: 'state',
      header: t('usage.state'),
      cell: ({ isFinal }) => (
        <Status tone={isFinal ? 'good' : 'notice'}>
          {t(isFinal ? 'usage.statements.final' : 'usage.statements.open')}
        </Status>
      ),
      csv: ({ isFinal }) => (isFinal ? 'final' : 'open'),
    },
    {
      id: 'print',
      header: t('usage.statements.statement'),
      cell: ({ subscriptionId, month }) => (
        <a
          href={`/v1/usage/statement?${new URLSearchParams({ subscriptionId, month, format: 'html' }).toString()}`}
          target="_blank"
          rel="noreferrer"
        >
          {t('usage.statements.open.one')}
        </a>
      ),
    },
  ];
}

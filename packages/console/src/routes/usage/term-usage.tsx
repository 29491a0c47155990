import { useQuery } from '@tanstack/react-query';
import { termUsage, type TermLine } from '../../api/usage.ts';
import { Chart } from '../../parts/chart.tsx';
import { Card, Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { day, money, t } from '../../words/words.ts';
import { quantity } from './quantity.ts';

/** One subscription's current term, per dimension: used, included, above it, and what that costs. */
export function TermUsage({ subscriptionId }: { readonly subscriptionId: string }) {
  const query = useQuery(termUsage(subscriptionId));
  const { termStart, termEnd } = query.data ?? {};
  return (
    <Section
      title={t('usage.term')}
      about={
        termStart === undefined || termEnd === undefined
          ? undefined
          : t('usage.term.about', { from: day(termStart), until: day(termEnd) })
      }
    >
      <Loaded query={query} lines={6}>
        {({ dimensions }) =>
          dimensions.length === 0 ? (
            <Card>
              <p className="muted">{t('usage.term.none')}</p>
            </Card>
          ) : (
            dimensions.map((line) => <Line key={`${line.planId} ${line.dimension}`} line={line} />)
          )
        }
      </Loaded>
    </Section>
  );
}

function Line({ line }: { readonly line: TermLine }) {
  const { displayName, dimension, used, included, overage, amount, currency, days = [] } = line;
  const name = displayName ?? dimension;
  return (
    <Card>
      <p className="trouble-head">
        <strong>{name}</strong>
        <span>{t('usage.term.used', { used: quantity(used) })}</span>
        <span>
          {included === undefined
            ? t('usage.term.included.unknown')
            : included === null
              ? t('usage.term.included.unlimited')
              : t('usage.term.included', { included: quantity(included) })}
        </span>
        {overage !== undefined && (
          <span>{t('usage.term.overage', { overage: quantity(overage) })}</span>
        )}
        {amount !== undefined && currency !== undefined && <span>{money(amount, currency)}</span>}
      </p>
      {days.length > 1 && (
        <Chart
          label={t('usage.term.chart', { dimension: name })}
          kind="bars"
          height={140}
          times={days.map((one) => `${one.day}T00:00:00.000Z`)}
          series={[{ label: t('usage.used'), values: days.map((one) => Number(one.used)) }]}
        />
      )}
    </Card>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { truthsOf, type Subscription, type Truths } from '../../api/subscriptions.ts';
import { useRefusal } from '../../app/session.ts';
import { Status } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Card, Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { exactTime, Time } from '../../parts/time.tsx';
import { day, number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';

type Values = Truths['landfall']['values'];
type Field = keyof Values;

/** Microsoft's last reading, our record, and what the product has acknowledged, side by side. */
export function TruthsPart({ subscription: { id } }: { readonly subscription: Subscription }) {
  const query = useQuery(truthsOf(id));
  return (
    <Section
      title={t('subscriptions.truths')}
      about={t('subscriptions.truths.about')}
      actions={<Reread subscriptionId={id} />}
    >
      <Card isFlush>
        <Loaded query={query} lines={6}>
          {(truths) => <Compared truths={truths} />}
        </Loaded>
      </Card>
    </Section>
  );
}

/** Reads Microsoft's record now. */
export function Reread({ subscriptionId }: { readonly subscriptionId: string }) {
  const refusal = useRefusal('subscriptions:write');
  const reread = useCommand({
    run: api.subscriptions.reread.mutate,
    changes: ['subscriptions', 'activity', 'matters'],
    done: ({ isKnown, changes }) =>
      isKnown
        ? t('subscriptions.reread.done', { count: changes.length })
        : t('subscriptions.reread.unknown'),
  });
  return (
    <Button
      icon="refresh"
      isSmall
      isPending={reread.isRunning}
      refusal={refusal}
      onPress={() => void reread.start({ subscriptionId })}
    >
      {t('subscriptions.reread')}
    </Button>
  );
}

const fields: readonly Field[] = [
  'status',
  'offerId',
  'planId',
  'quantity',
  'termStart',
  'termEnd',
  'autoRenew',
  'isFreeTrial',
];

function Compared({ truths }: { readonly truths: Truths }) {
  const { microsoft, landfall, products, differences } = truths;
  const names = [t('subscriptions.truths.microsoft'), t('subscriptions.truths.landfall')];
  const isDifferent = (field: Field, between: string, destinationId?: string) =>
    differences.some(
      (one) =>
        one.field === field &&
        one.between === between &&
        (destinationId === undefined || one.destinationId === destinationId),
    );
  return (
    <>
      <Verdict truths={truths} />
      <div className="truths-scroll">
        <table className="truths" role="table" aria-label={t('subscriptions.truths')}>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader">
                <span className="visually-hidden">{t('subscriptions.truths.field')}</span>
              </th>
              <th role="columnheader">
                {names[0]}
                <MicrosoftHead microsoft={microsoft} />
              </th>
              <th role="columnheader">
                {names[1]}
                <small>
                  {t('subscriptions.truths.version', { version: landfall.version })}{' '}
                  <Time at={landfall.updatedAt} />
                </small>
              </th>
              {products.map((product) => (
                <th key={product.destinationId} role="columnheader">
                  <Link
                    to="/destinations/$destinationId"
                    params={{ destinationId: product.destinationId }}
                  >
                    {product.label}
                  </Link>
                  <ProductHead product={product} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {fields.map((field) => (
              <tr key={field} role="row">
                <th role="rowheader" scope="row">
                  {t(`subscriptions.field.${field}`)}
                </th>
                <Cell
                  label={names[0] ?? ''}
                  differs={isDifferent(field, 'microsoft-landfall')}
                  value={shown(field, microsoft.values)}
                />
                <Cell label={names[1] ?? ''} value={shown(field, landfall.values)} />
                {products.map(({ destinationId, label, acknowledged }) => (
                  <Cell
                    key={destinationId}
                    label={label}
                    differs={isDifferent(field, 'landfall-product', destinationId)}
                    value={shown(field, acknowledged?.values)}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="card-note">
        {products.length === 0 && (
          <div className="row">
            <span className="muted">{t('subscriptions.truths.noProduct')}</span>
            <ButtonLink to="/destinations">{t('subscriptions.truths.destinations')}</ButtonLink>
          </div>
        )}
        <RawJson value={microsoft.record ?? microsoft} />
      </div>
    </>
  );
}

/** Whether all agree, in words; each difference with what follows from it. */
function Verdict({ truths: { microsoft, differences } }: { readonly truths: Truths }) {
  if (differences.length === 0) {
    const isRead = microsoft.state === 'read';
    return (
      <p className="truths-verdict">
        <Status tone={isRead ? 'good' : 'quiet'}>
          {t(isRead ? 'subscriptions.truths.agree' : 'subscriptions.truths.notRead')}
        </Status>
      </p>
    );
  }
  return (
    <div className="truths-verdict">
      <Status tone="warn">{t('subscriptions.truths.differ', { count: differences.length })}</Status>
      <ul className="bullets">
        {differences.map(({ field, between, destinationId, sentence }) => (
          <li key={`${field} ${between} ${destinationId}`}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}

function MicrosoftHead({ microsoft: { state, readAt } }: Pick<Truths, 'microsoft'>) {
  if (state === 'missing') {
    return (
      <small>
        <Status tone="bad">{t('subscriptions.truths.missing')}</Status>
        {readAt !== undefined && <Time at={readAt} />}
      </small>
    );
  }
  return (
    <small>
      {readAt === undefined ? (
        t('subscriptions.truths.none')
      ) : (
        <>
          {t('subscriptions.truths.read')} <Time at={readAt} />
        </>
      )}
    </small>
  );
}

function ProductHead({ product }: { readonly product: Truths['products'][number] }) {
  const { isEnabled, acknowledged, waiting, dead } = product;
  return (
    <small>
      {acknowledged ? (
        <Link to="/deliveries/$deliveryId" params={{ deliveryId: acknowledged.deliveryId }}>
          {t('subscriptions.truths.acknowledged')} <Time at={acknowledged.at} />
        </Link>
      ) : (
        t('subscriptions.truths.nothing')
      )}
      {!isEnabled && <Status tone="warn">{t('subscriptions.truths.disabled')}</Status>}
      {waiting > 0 && (
        <Status tone="notice">{t('subscriptions.truths.waiting', { count: waiting })}</Status>
      )}
      {dead > 0 && <Status tone="bad">{t('subscriptions.truths.dead', { count: dead })}</Status>}
    </small>
  );
}

function Cell({
  label,
  value,
  differs = false,
}: {
  readonly label: string;
  readonly value: ReactNode;
  readonly differs?: boolean;
}) {
  return (
    <td role="cell" data-label={label} data-differs={differs || undefined}>
      {value ?? (
        <span className="muted">
          <span aria-hidden="true">–</span>
          <span className="visually-hidden">{t('subscriptions.truths.unknown')}</span>
        </span>
      )}
      {differs && (
        <>
          {' '}
          <Icon name="warning" size={13} />
          <span className="visually-hidden">{t('subscriptions.truths.different')}</span>
        </>
      )}
    </td>
  );
}

function shown(field: Field, values: Values | undefined): ReactNode {
  const value = values?.[field];
  if (value === undefined) return undefined;
  if (value === null) return t('subscriptions.flat');
  if (typeof value === 'boolean') return t(value ? 'parts.yes' : 'parts.no');
  if (typeof value === 'number') return number(value);
  if (field === 'status') return wordFor('subscriptions.status', value);
  if (field !== 'termStart' && field !== 'termEnd') return value;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? (
    value
  ) : (
    <span data-hint={exactTime(date)}>{day(date)}</span>
  );
}

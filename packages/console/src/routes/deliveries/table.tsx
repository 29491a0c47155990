import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { deliveryList, type DeliveryFilter, type DeliveryRow } from '../../api/deliveries.ts';
import { allDestinations, type Destination } from '../../api/destinations.ts';
import { usePaged } from '../../api/paged.ts';
import { Status } from '../../parts/badge.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';

export const deliveryStates = ['waiting', 'delivered', 'dead'] as const;

const tones = { waiting: 'notice', delivered: 'good', dead: 'bad' } as const;

export function DeliveryStatus({ state, attempts }: Pick<DeliveryRow, 'state' | 'attempts'>) {
  // It waits after a failure, not for its first attempt.
  const tone = state === 'waiting' && attempts > 0 ? 'warn' : tones[state];
  return (
    <span data-hint={t(`deliveries.state.${state}.hint`)}>
      <Status tone={tone}>{t(`deliveries.state.${state}`)}</Status>
    </span>
  );
}

/** Deliveries by filter; a destination's own page shows them without its column. */
export function DeliveryTable({
  name,
  filter,
  toolbar,
  empty,
  isOfOne = false,
}: {
  readonly name: string;
  readonly filter: DeliveryFilter;
  readonly toolbar?: ReactNode;
  readonly empty: ReactNode;
  readonly isOfOne?: boolean;
}) {
  const pages = usePaged(deliveryList(filter));
  const destinations = useQuery(allDestinations());
  const all = columns(destinations.data ?? []);
  return (
    <DataTable
      name={name}
      label={t('deliveries.title')}
      columns={isOfOne ? all.filter(({ id }) => id !== 'destination') : all}
      pages={pages}
      rowKey={({ id }) => id}
      rowLink={({ id }) => ({ to: '/deliveries/$deliveryId', params: { deliveryId: id } })}
      toolbar={toolbar}
      empty={empty}
    />
  );
}

export function DestinationLink({
  destinationId,
  destinations,
}: {
  readonly destinationId: string;
  readonly destinations: readonly Pick<Destination, 'id' | 'label'>[];
}) {
  const found = destinations.find(({ id }) => id === destinationId);
  if (!found) return <span className="muted">{t('deliveries.destination.gone')}</span>;
  return (
    <Link to="/destinations/$destinationId" params={{ destinationId }}>
      {found.label}
    </Link>
  );
}

function columns(destinations: readonly Destination[]): readonly Column<DeliveryRow>[] {
  return [
    {
      id: 'type',
      header: t('deliveries.type'),
      width: 2.4,
      cell: ({ type }) => <code>{type}</code>,
      csv: ({ type }) => type,
    },
    {
      id: 'state',
      header: t('deliveries.state'),
      width: 1.3,
      cell: (row) => <DeliveryStatus {...row} />,
      csv: ({ state }) => state,
    },
    {
      id: 'destination',
      header: t('deliveries.destination'),
      width: 2,
      cell: ({ destinationId }) => (
        <DestinationLink destinationId={destinationId} destinations={destinations} />
      ),
      csv: ({ destinationId }) => destinationId,
    },
    {
      id: 'subscription',
      header: t('deliveries.subscription'),
      width: 1.6,
      cell: ({ subscriptionId }) =>
        subscriptionId === undefined ? null : <SubscriptionLink id={subscriptionId} />,
      csv: ({ subscriptionId }) => subscriptionId ?? '',
    },
    {
      id: 'attempts',
      header: t('deliveries.attempts'),
      width: 1.2,
      cell: ({ attempts }) => t('deliveries.attempts.count', { count: attempts }),
      csv: ({ attempts }) => String(attempts),
    },
    {
      id: 'next',
      header: t('deliveries.next'),
      width: 1.4,
      cell: ({ nextAttemptAt }) => nextAttemptAt !== undefined && <Time at={nextAttemptAt} />,
      csv: ({ nextAttemptAt }) => nextAttemptAt ?? '',
    },
    {
      id: 'created',
      header: t('deliveries.created'),
      width: 1.4,
      cell: ({ createdAt }) => <Time at={createdAt} />,
      csv: ({ createdAt }) => createdAt,
    },
    {
      id: 'event',
      header: t('deliveries.event'),
      width: 2,
      isHidden: true,
      cell: ({ eventId }) => <span className="mono clip">{eventId}</span>,
      csv: ({ eventId }) => eventId,
    },
  ];
}

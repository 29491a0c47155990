import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { allDestinations } from '../../api/destinations.ts';
import { useRefusal } from '../../app/session.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Filters } from '../../parts/filters.tsx';
import { Page } from '../../parts/page.tsx';
import { SavedViews } from '../../parts/saved-views.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { eventTypes } from '../destinations/event-types.ts';
import { ReplayDialog } from './replay.tsx';
import { DeliveryTable, deliveryStates } from './table.tsx';

const route = getRouteApi('/deliveries');

export function DeliveriesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const destinations = useQuery(allDestinations());
  const [isReplaying, setReplaying] = useState(false);
  const refusal = useRefusal('destinations:write');
  const change = (next: typeof search) => void navigate({ search: next, replace: true });
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  return (
    <Page
      title={t('deliveries.title')}
      about={t('deliveries.about')}
      actions={
        <Button icon="refresh" onPress={() => setReplaying(true)} refusal={refusal}>
          {t('deliveries.replay')}
        </Button>
      }
    >
      <DeliveryTable
        name="deliveries"
        filter={search}
        toolbar={
          <>
            <Filters
              value={search}
              onChange={change}
              fields={[
                { kind: 'text', key: 'subscriptionId', label: t('deliveries.filter.subscription') },
                {
                  kind: 'choice',
                  key: 'state',
                  label: t('deliveries.state'),
                  options: deliveryStates.map((value) => ({
                    value,
                    label: t(`deliveries.state.${value}`),
                    detail: t(`deliveries.state.${value}.hint`),
                  })),
                },
                {
                  kind: 'choice',
                  key: 'destinationId',
                  label: t('deliveries.destination'),
                  options: (destinations.data ?? []).map(({ id, label }) => ({ value: id, label })),
                },
                {
                  kind: 'choice',
                  key: 'type',
                  label: t('deliveries.type'),
                  options: eventTypes.map((value) => ({ value, label: value })),
                },
              ]}
            />
            <SavedViews name="deliveries" value={search} onChange={change} />
          </>
        }
        empty={
          isFiltered ? (
            <EmptyState
              icon="search"
              title={t('deliveries.empty.filtered.title')}
              text={t('deliveries.empty.filtered.text')}
            />
          ) : (
            <EmptyState
              icon="send"
              title={t('deliveries.empty.title')}
              text={t('deliveries.empty.text')}
            >
              <ButtonLink to="/destinations">{t('deliveries.empty.destinations')}</ButtonLink>
            </EmptyState>
          )
        }
      />
      {isReplaying && (
        <ReplayDialog
          destinationId={search.destinationId}
          destinations={destinations.data ?? []}
          onClose={() => setReplaying(false)}
        />
      )}
    </Page>
  );
}

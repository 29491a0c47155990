import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { offerRows, type OfferRow } from '../../api/offer-pages.ts';
import type { Paged } from '../../api/paged.ts';
import { chosenPublisher } from '../../app/publisher.ts';
import { useMay, useSession } from '../../app/session.ts';
import { Status } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Dialog } from '../../parts/dialogs.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Page } from '../../parts/page.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { ALL_OFFERS } from './place.ts';

/** Which offers have own landing pages, and which have those of all offers. */
export function OfferPagesPage() {
  const may = useMay();
  const { publishers } = useSession();
  const chosen = chosenPublisher();
  const known = chosen === undefined ? publishers : [chosen];
  const query = useQuery(offerRows(known, may('usage:read')));
  const [isAdding, setAdding] = useState(false);
  const rows = query.data ?? [];
  const pages: Paged<OfferRow> = {
    rows,
    isLoading: query.isPending,
    error: query.error ?? undefined,
    hasMore: false,
    isLoadingMore: false,
    isStale: false,
    updatedAt: new Date(query.dataUpdatedAt),
    loadMore: () => undefined,
    retry: () => void query.refetch(),
  };
  return (
    <Page
      title={t('pages.title')}
      about={t('pages.about')}
      actions={
        <Button icon="plus" onPress={() => setAdding(true)}>
          {t('pages.add')}
        </Button>
      }
    >
      <DataTable
        name="offer-pages"
        label={t('pages.title')}
        columns={columns()}
        pages={pages}
        rowKey={({ publisherId, offerId }) => `${publisherId} ${offerId ?? ''}`}
        rowLink={({ publisherId, offerId = ALL_OFFERS }) => ({
          to: '/pages/$offerId',
          params: { offerId },
          search: { of: publisherId },
        })}
        empty={
          <EmptyState icon="window" title={t('pages.empty')} text={t('pages.empty.text')}>
            <Button look="primary" onPress={() => setAdding(true)}>
              {t('pages.add')}
            </Button>
          </EmptyState>
        }
      />
      {isAdding && (
        <AddDialog
          publisherId={chosen ?? rows[0]?.publisherId ?? known[0]}
          onClose={() => setAdding(false)}
        />
      )}
    </Page>
  );
}

function AddDialog({
  publisherId = '',
  onClose,
}: {
  readonly publisherId: string | undefined;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const [publisher, setPublisher] = useState(publisherId);
  const [offerId, setOfferId] = useState('');
  return (
    <Dialog title={t('pages.add')} isOpen onClose={onClose}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({
            to: '/pages/$offerId',
            params: { offerId: offerId.trim() || ALL_OFFERS },
            search: { of: publisher.trim() },
          });
        }}
      >
        <div className="dialog-content">
          <TextField
            label={t('pages.publisher')}
            value={publisher}
            maxLength={100}
            onChange={setPublisher}
          />
          <TextField
            label={t('pages.offer')}
            hint={t('pages.offer.hint')}
            value={offerId}
            maxLength={100}
            isMono
            onChange={setOfferId}
          />
        </div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('parts.cancel')}</Button>
          <Button type="submit" look="primary" isDisabled={publisher.trim() === ''}>
            {t('pages.open')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function columns(): readonly Column<OfferRow>[] {
  return [
    {
      id: 'offer',
      header: t('pages.offer'),
      width: 2,
      cell: ({ offerId }) => offerId ?? t('pages.all'),
      csv: ({ offerId }) => offerId ?? '',
    },
    {
      id: 'settings',
      header: t('pages.settings'),
      width: 1.5,
      cell: ({ offerId, updatedAt }) =>
        updatedAt === undefined ? (
          <Status tone="quiet">{t(offerId === undefined ? 'pages.ours' : 'pages.inherits')}</Status>
        ) : (
          <Status tone="good">{t('pages.own')}</Status>
        ),
      csv: ({ updatedAt }) => (updatedAt === undefined ? '' : t('pages.own')),
    },
    {
      id: 'plans',
      header: t('pages.plans'),
      width: 2,
      align: 'end',
      cell: ({ plans }) => (plans === 0 ? '' : plans),
      csv: ({ plans }) => String(plans),
    },
    {
      id: 'publisher',
      header: t('pages.publisher'),
      cell: ({ publisherId }) => publisherId,
      csv: ({ publisherId }) => publisherId,
    },
    {
      id: 'updated',
      header: t('pages.updated'),
      cell: ({ updatedAt }) => (updatedAt === undefined ? '' : <Time at={updatedAt} />),
      csv: ({ updatedAt }) => updatedAt ?? '',
    },
  ];
}

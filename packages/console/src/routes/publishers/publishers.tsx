import { useQuery } from '@tanstack/react-query';
import type { Paged } from '../../api/paged.ts';
import { publisherList, type Publisher } from '../../api/publishers.ts';
import { Tag } from '../../parts/badge.tsx';
import { ButtonLink } from '../../parts/button.tsx';
import type { Column } from '../../parts/columns.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Id } from '../../parts/id.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { CredentialStatus, inPath } from './credential.tsx';

export function PublishersPage() {
  const query = useQuery(publisherList());
  const pages: Paged<Publisher> = {
    rows: query.data ?? [],
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
      title={t('system.publishers')}
      about={t('system.publishers.about')}
      actions={
        <ButtonLink icon="checklist" to="/setup">
          {t('system.setup')}
        </ButtonLink>
      }
    >
      {pages.rows.map(
        ({ publisherId, nextStep }) =>
          nextStep !== undefined && (
            <Notice
              key={inPath(publisherId)}
              tone="warn"
              title={publisherId ?? t('system.publisher.only')}
            >
              <p>{nextStep}</p>
            </Notice>
          ),
      )}
      <DataTable
        name="publishers"
        label={t('system.publishers')}
        columns={columns()}
        pages={pages}
        rowKey={({ publisherId }) => inPath(publisherId)}
        rowLink={({ publisherId }) => ({
          to: '/publishers/$publisherId',
          params: { publisherId: inPath(publisherId) },
        })}
        empty={
          <EmptyState
            icon="building"
            title={t('system.publishers.empty')}
            text={t('system.publishers.empty.text')}
          />
        }
      />
    </Page>
  );
}

function columns(): readonly Column<Publisher>[] {
  return [
    {
      id: 'publisher',
      header: t('system.publisher'),
      width: 2,
      cell: ({ publisherId }) => publisherId ?? t('system.publisher.only'),
      csv: ({ publisherId }) => publisherId ?? '',
    },
    {
      id: 'credential',
      header: t('system.credential'),
      width: 1.6,
      cell: ({ credential, isDefault }) => (
        <span className="row">
          <CredentialStatus state={credential} />
          {isDefault && <Tag>{t('system.publisher.default')}</Tag>}
        </span>
      ),
      csv: ({ credential }) => credential,
    },
    {
      id: 'tenant',
      header: t('system.tenant'),
      width: 1.6,
      cell: ({ tenantId }) => <Id value={tenantId} />,
      csv: ({ tenantId }) => tenantId,
    },
    {
      id: 'application',
      header: t('system.application'),
      width: 1.6,
      cell: ({ clientId }) => <Id value={clientId} />,
      csv: ({ clientId }) => clientId,
    },
  ];
}

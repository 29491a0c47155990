import { policyHistory, type Policy, type PolicyVersion } from '../../api/policies.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal } from '../../app/session.ts';
import { Tag } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Card } from '../../parts/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../parts/states.tsx';
import { Timeline, TimelineRow } from '../../parts/timeline.tsx';
import { t } from '../../words/words.ts';
import { ChangeList } from './change-list.tsx';
import { policyDiff } from './policy-diff.ts';

/** Saved versions, each with what it changed. */
export function History({ onRestore }: { readonly onRestore: (policy: Policy) => void }) {
  const pages = usePaged(policyHistory());
  if (pages.error !== undefined) return <ErrorState error={pages.error} onRetry={pages.retry} />;
  if (pages.isLoading) return <Skeleton lines={6} />;
  return (
    <div className="stack">
      <p className="page-about">{t('rules.history.about')}</p>
      <Card>
        {pages.rows.length === 0 ? (
          <EmptyState
            icon="scroll"
            title={t('rules.history.empty.title')}
            text={t('rules.history.empty.text')}
          />
        ) : (
          <Timeline label={t('rules.tab.history')}>
            {pages.rows.map((version, index) => (
              <Version
                key={version.version}
                version={version}
                before={pages.rows[index + 1]}
                isOldest={index === pages.rows.length - 1 && !pages.hasMore}
                isCurrent={index === 0}
                onRestore={onRestore}
              />
            ))}
          </Timeline>
        )}
        {pages.hasMore && (
          <Button look="quiet" isPending={pages.isLoadingMore} onPress={pages.loadMore}>
            {t('parts.loadMore')}
          </Button>
        )}
      </Card>
    </div>
  );
}

function Version({
  version: { version, savedAt, author, policy },
  before,
  isOldest,
  isCurrent,
  onRestore,
}: {
  readonly version: PolicyVersion;
  readonly before: PolicyVersion | undefined;
  readonly isOldest: boolean;
  readonly isCurrent: boolean;
  readonly onRestore: (policy: Policy) => void;
}) {
  const refusal = useRefusal('policies:write');
  return (
    <TimelineRow
      at={savedAt}
      icon="sliders"
      tone={isCurrent ? 'good' : 'quiet'}
      by={t('rules.history.by', { author: authorWords(author) })}
      title={
        <span className="row">
          <code>{version}</code>
          {isCurrent && <Tag tone="good">{t('rules.history.current')}</Tag>}
        </span>
      }
    >
      {before ? (
        <ChangeList changes={policyDiff(before.policy, policy)} />
      ) : (
        isOldest && <p className="muted">{t('rules.history.first')}</p>
      )}
      <RawJson value={policy} />
      {!isCurrent && (
        <div className="row">
          <Button isSmall onPress={() => onRestore(policy)} refusal={refusal}>
            {t('rules.history.restore')}
          </Button>
        </div>
      )}
    </TimelineRow>
  );
}

function authorWords(author: string | undefined): string {
  const [kind, id = ''] = author?.split(' ') ?? [];
  if (kind === 'key') return t('rules.history.by.key', { id: id.slice(0, 8) });
  if (kind === 'operator') {
    return t('rules.history.by.operator', { id: (id.split('/')[1] ?? id).slice(0, 8) });
  }
  return author ?? t('rules.history.by.unknown');
}

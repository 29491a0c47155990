import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { policy, type Policy } from '../../api/policies.ts';
import { useRefusal } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { t } from '../../words/words.ts';
import { PolicyEditor } from './editor.tsx';
import { History } from './history.tsx';
import { isSame } from './policy-diff.ts';
import { Report } from './report.tsx';
import { SaveDialog } from './save.tsx';
import { Tester } from './tester.tsx';
import './rules.css';

const route = getRouteApi('/rules');

export function RulesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(policy());
  /** What the person has changed and not saved; undefined while nothing is being edited. */
  const [draft, setDraft] = useState<Policy>();
  const [isSaving, setSaving] = useState(false);
  const refusal = useRefusal('policies:write');
  const saved = query.data;
  const isChanged = draft !== undefined && saved !== undefined && !isSame(draft, saved);
  const open = (tab: typeof search.tab) =>
    void navigate({ search: { ...(search.within ? { within: search.within } : {}), tab } });
  return (
    <Page
      title={t('rules.title')}
      about={t('rules.about')}
      actions={
        draft === undefined && (
          <Button
            icon="sliders"
            look="primary"
            isDisabled={saved === undefined}
            refusal={refusal}
            onPress={() => {
              setDraft(saved);
              open(undefined);
            }}
          >
            {t('rules.edit')}
          </Button>
        )
      }
    >
      {isChanged && (
        <Notice
          tone="notice"
          title={t('rules.draft.title')}
          actions={
            <>
              <Button isSmall look="quiet" onPress={() => setDraft(undefined)}>
                {t('rules.draft.discard')}
              </Button>
              <Button isSmall onPress={() => open('test')}>
                {t('rules.draft.test')}
              </Button>
              <Button isSmall look="primary" onPress={() => setSaving(true)}>
                {t('rules.draft.save')}
              </Button>
            </>
          }
        >
          <p>{t('rules.draft.text')}</p>
        </Notice>
      )}
      <Tabs
        label={t('rules.title')}
        value={search.tab ?? 'rules'}
        onChange={(key) => open(key === 'rules' ? undefined : key)}
        tabs={[
          {
            key: 'rules',
            label: t('rules.tab.rules'),
            count: saved?.rules.length,
            content: (
              <Loaded query={query} lines={6}>
                {(current) => (
                  <PolicyEditor
                    policy={draft ?? current}
                    pointAt={search.rule}
                    onChange={draft === undefined ? undefined : setDraft}
                    onClose={() => setDraft(undefined)}
                    isChanged={isChanged}
                  />
                )}
              </Loaded>
            ),
          },
          {
            key: 'test',
            label: t('rules.tab.test'),
            content: <Tester draft={isChanged ? draft : undefined} />,
          },
          {
            key: 'history',
            label: t('rules.tab.history'),
            content: (
              <History
                onRestore={(old) => {
                  setDraft(old);
                  open(undefined);
                }}
              />
            ),
          },
          { key: 'report', label: t('rules.tab.report'), content: <Report /> },
        ]}
      />
      {isSaving && draft && saved && (
        <SaveDialog
          saved={saved}
          draft={draft}
          onClose={() => setSaving(false)}
          onSaved={() => setDraft(undefined)}
        />
      )}
    </Page>
  );
}

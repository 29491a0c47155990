import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState, type FormEvent } from 'react';
import { languageNames, languages, type Language } from '@landfall/words/language';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { problemOf } from '../../api/errors.ts';
import {
  draftCheck,
  type PageDraft,
  type PagePlace,
  type PreviewLook,
  type StoredPage,
} from '../../api/offer-pages.ts';
import { useRefusal } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { SelectField } from '../../parts/fields.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card } from '../../parts/page.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { t } from '../../words/words.ts';
import { Brand } from './brand.tsx';
import { draftOf, type Problems } from './place.ts';
import { PagePreview } from './preview.tsx';
import { Questions } from './questions.tsx';
import { Texts } from './texts.tsx';

const route = getRouteApi('/pages/$offerId');
const SCOPE = 'landing:write';
/** A draft is checked when the person stops typing. */
const PAUSE_MS = 300;

export function Editor({
  place,
  stored,
  above,
}: {
  readonly place: PagePlace;
  readonly stored: StoredPage | null;
  /** The branding of all offers. */
  readonly above: PageDraft['branding'];
}) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const choose = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const saved = draftOf(stored);
  const [draft, setDraft] = useState(saved);
  const { language = 'en', show = 'confirm', scheme = 'light' } = search;
  const { problems, settled, failure, isChecked } = useChecked({
    place,
    draft,
    language,
    show,
    scheme,
  });
  const refusal = useRefusal(SCOPE);
  const put = useCommand(
    {
      run: api.offerPages.put.mutate,
      changes: ['offerPages'],
      done: () => t('pages.saved'),
    },
    'shown',
  );
  const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
  const save = (event: FormEvent) => {
    event.preventDefault();
    void put.start({ ...place, page: draft });
  };
  const props = { draft, onChange: setDraft, problems, isDisabled: refusal !== undefined };
  return (
    <div className="two-columns two-columns-even">
      <Card>
        <form className="stack" onSubmit={save}>
          <Tabs
            label={t('pages.parts')}
            value={search.tab ?? 'brand'}
            onChange={(tab) => choose({ tab })}
            tabs={[
              {
                key: 'brand',
                label: t('pages.brand'),
                content: <Brand {...props} above={above} />,
              },
              {
                key: 'texts',
                label: t('pages.texts'),
                content: <Texts {...props} language={language} />,
              },
              {
                key: 'questions',
                label: t('pages.questions'),
                count: draft.questions?.length,
                content: <Questions {...props} language={language} />,
              },
            ]}
          />
          {problems.size > 0 && <ProblemList problems={problems} />}
          {put.error !== undefined && <ErrorState error={put.error} />}
          <div className="row">
            <Button
              type="submit"
              look="primary"
              isPending={put.isRunning}
              isDisabled={!isChanged || !isChecked || problems.size > 0}
              refusal={refusal}
            >
              {t('pages.save')}
            </Button>
            {isChanged && (
              <Button look="quiet" onPress={() => setDraft(saved)}>
                {t('pages.discard')}
              </Button>
            )}
            {stored && <RemoveSettings place={place} refusal={refusal} />}
          </div>
        </form>
      </Card>
      <section className="stack pages-beside" aria-label={t('pages.preview')}>
        <Looks {...{ language, show, scheme }} width={search.width ?? 'full'} onChange={choose} />
        {failure !== undefined && <ErrorState error={failure} />}
        {settled === undefined ? (
          <Skeleton lines={12} />
        ) : (
          <PagePreview draft={settled} isPhone={search.width === 'phone'} />
        )}
        <p className="field-hint">{t('pages.preview.hint')}</p>
      </section>
    </div>
  );
}

interface Checked {
  readonly problems: Problems;
  /** The last draft without problems, as JSON. */
  readonly settled: string | undefined;
  /** The draft could not be checked. */
  readonly failure: unknown;
  /** The problems are those of the draft as it is now. */
  readonly isChecked: boolean;
}

/** The API's own check of the draft. */
function useChecked({
  place,
  draft,
  ...look
}: PreviewLook & { readonly place: PagePlace; readonly draft: PageDraft }): Checked {
  const now = JSON.stringify({ ...place, ...look, page: draft });
  const [paused, setPaused] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(now), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [now]);
  const query = useQuery(draftCheck(JSON.parse(paused)));
  const { issues } = problemOf(query.error);
  const found =
    issues.length > 0
      ? issues.map(({ path, message }) => ({ path: path.replace(/^page\./, ''), message }))
      : (query.data?.problems ?? []);
  const [settled, setSettled] = useState<string>();
  const valid = query.data?.problems.length === 0 ? JSON.stringify(query.data.input) : undefined;
  if (valid !== undefined && valid !== settled) setSettled(valid);
  return {
    problems: new Map(found.map(({ path, message }) => [path, message])),
    settled,
    failure: query.error && issues.length === 0 ? query.error : undefined,
    isChecked: paused === now && !query.isPlaceholderData && !query.isPending,
  };
}

function ProblemList({ problems }: { readonly problems: Problems }) {
  return (
    <Notice tone="bad" title={t('pages.problems')}>
      <ul>
        {[...problems].map(([path, message]) => (
          <li key={path}>
            <code>{path}</code> {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

interface LooksProps extends PreviewLook {
  readonly width: 'phone' | 'full';
  readonly onChange: (change: Partial<PreviewLook & { width: 'phone' | 'full' }>) => void;
}

/** How the preview is shown. The language is also that of texts and questions. */
function Looks({ language, show, scheme, width, onChange }: LooksProps) {
  return (
    <div className="field-pair pages-looks">
      <SelectField
        label={t('pages.language')}
        value={language}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
        onChange={(value) => onChange({ language: value as Language })}
      />
      <SelectField
        label={t('pages.show')}
        value={show}
        options={(['confirm', 'ready'] as const).map((value) => ({
          value,
          label: t(`pages.show.${value}`),
        }))}
        onChange={(value) => onChange({ show: value as PreviewLook['show'] })}
      />
      <SelectField
        label={t('pages.scheme')}
        value={scheme}
        options={(['light', 'dark'] as const).map((value) => ({
          value,
          label: t(`pages.scheme.${value}`),
        }))}
        onChange={(value) => onChange({ scheme: value as PreviewLook['scheme'] })}
      />
      <SelectField
        label={t('pages.width')}
        value={width}
        options={(['full', 'phone'] as const).map((value) => ({
          value,
          label: t(`pages.width.${value}`),
        }))}
        onChange={(value) => onChange({ width: value as 'phone' | 'full' })}
      />
    </div>
  );
}

function RemoveSettings({
  place,
  refusal,
}: {
  readonly place: PagePlace;
  readonly refusal: string | undefined;
}) {
  const [isOpen, setOpen] = useState(false);
  const remove = useCommand(
    {
      run: api.offerPages.remove.mutate,
      changes: ['offerPages'],
      done: () => t('pages.removed'),
    },
    'shown',
  );
  return (
    <>
      <Button look="quiet" onPress={() => setOpen(true)} refusal={refusal}>
        {t('pages.remove')}
      </Button>
      <CommandDialog
        title={t('pages.remove')}
        about={t('pages.remove.about')}
        confirm={t('pages.remove')}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        command={remove}
        input={() => place}
        isDanger
      />
    </>
  );
}

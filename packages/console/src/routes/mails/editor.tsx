import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { CustomerMail, CustomerMails, MailText, TextPlace } from '../../api/customer-mails.ts';
import { useRefusal } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Card } from '../../parts/page.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { t } from '../../words/words.ts';
import { mailParts, rowsOf } from './mail-parts.ts';
import { fill, MailPreview, PlainPreview, type Sample } from './preview.tsx';
import { TestDialog } from './test-dialog.tsx';

const SCOPE = 'settings:write';
const MAX_TEXT = 2000;
/** As they are written in a text. */
const NAMES = { product: '{product}', plan: '{plan}', date: '{date}' } as const;

type View = 'mail' | 'text';

export function MailEditor({
  mail,
  place,
  texts,
  settings,
  view,
  onView,
}: {
  readonly mail: CustomerMail;
  readonly place: TextPlace;
  readonly texts: readonly MailText[];
  readonly settings: CustomerMails;
  readonly view: View;
  readonly onView: (view: View) => void;
}) {
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>({});
  const [isTesting, setTesting] = useState(false);
  const known = new Map(texts.map((one) => [one.key, one]));
  const textOf = (key: string) => draft[key] ?? known.get(key)?.text ?? '';
  const changed = Object.entries(draft).filter(([key, text]) => text !== known.get(key)?.text);
  const put = useCommand(
    {
      run: async (wanted: readonly { key: string; text: string | null }[], options) => {
        // Each text is a command of its own; all of them together may be repeated.
        for (const one of wanted) {
          const key = `${options.context.idempotencyKey}:${one.key}`;
          await api.customerMails.putText.mutate(
            { ...place, ...one },
            { context: { idempotencyKey: key } },
          );
        }
        return wanted.length;
      },
      changes: ['customerMails'],
      done: () => t('mails.texts.saved'),
    },
    'shown',
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = changed.map(([key, text]) => ({ key, text: text.trim() === '' ? null : text }));
    // After a failure, what was written stays.
    if ((await put.start(wanted)) !== undefined) setDraft({});
  };
  const backToOurs = async (key: string) => {
    if ((await put.start([{ key, text: null }])) === undefined) return;
    const { [key]: _, ...others } = draft;
    setDraft(others);
  };
  const refusal = useRefusal(SCOPE);
  const sample = sampleOf(settings, place);
  const shown = Object.fromEntries(
    mailParts.map((part) => [part, fill(textOf(`${mail}.${part}`), sample)]),
  ) as Record<(typeof mailParts)[number], string>;
  const message = { ...shown, footer: fill(textOf('footer'), sample), brand: sample.brand };
  return (
    <div className="two-columns two-columns-even">
      <Card>
        <form className="stack" onSubmit={(event) => void submit(event)}>
          {[...mailParts, 'footer' as const].map((part) => {
            const key = part === 'footer' ? part : `${mail}.${part}`;
            const isOwn = known.get(key)?.own !== undefined;
            return (
              <div key={key} className="mail-text">
                <TextField
                  label={t(`mails.part.${part}`)}
                  value={textOf(key)}
                  rows={part === 'footer' ? 2 : rowsOf[part]}
                  maxLength={MAX_TEXT}
                  isDisabled={refusal !== undefined}
                  hint={isOwn ? t('mails.texts.own') : undefined}
                  onChange={(text) => setDraft({ ...draft, [key]: text })}
                />
                {isOwn && refusal === undefined && (
                  <Button isSmall look="quiet" onPress={() => void backToOurs(key)}>
                    {t('mails.texts.reset')}
                  </Button>
                )}
              </div>
            );
          })}
          <p className="field-hint">{t('mails.texts.values', NAMES)}</p>
          {put.error !== undefined && <ErrorState error={put.error} />}
          <div className="row">
            <Button
              type="submit"
              look="primary"
              isPending={put.isRunning}
              isDisabled={changed.length === 0}
              refusal={refusal}
            >
              {t('mails.texts.save')}
            </Button>
            <Button icon="send" onPress={() => setTesting(true)} refusal={refusal}>
              {t('mails.test')}
            </Button>
          </div>
        </form>
      </Card>
      <Tabs
        label={t('mails.preview')}
        value={view}
        onChange={onView}
        tabs={[
          {
            key: 'mail',
            label: t('mails.preview.mail'),
            content: <MailPreview message={message} language={place.language} />,
          },
          {
            key: 'text',
            label: t('mails.preview.text'),
            content: <PlainPreview message={message} language={place.language} />,
          },
        ]}
      />
      {isTesting && (
        <TestDialog
          mail={mail}
          place={place}
          hasUnsaved={changed.length > 0}
          onClose={() => setTesting(false)}
        />
      )}
    </div>
  );
}

/** The same sample values as in a test. */
function sampleOf(settings: CustomerMails, { language, offerId }: TextPlace): Sample {
  const firstNamed = Object.keys(settings.productNames)[0];
  const product =
    settings.productNames[offerId ?? firstNamed ?? ''] ?? offerId ?? t('mails.sample.product');
  const date = new Date(Date.now() + SAMPLE_MS);
  return {
    product,
    plan: 'Standard',
    date: new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(date),
    brand: settings.senderName ?? product,
  };
}

const SAMPLE_MS = 14 * 24 * 60 * 60 * 1000;

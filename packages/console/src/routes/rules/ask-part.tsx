import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { allDestinations } from '../../api/destinations.ts';
import type { Policy } from '../../api/policies.ts';
import { useMay } from '../../app/session.ts';
import { Button, ButtonLink, IconButton } from '../../parts/button.tsx';
import { SelectField, SwitchField, TextField } from '../../parts/fields.tsx';
import { Card, Section } from '../../parts/page.tsx';
import { number, t } from '../../words/words.ts';
import { TextsField } from './texts-field.tsx';

type Ask = NonNullable<Policy['ask']>;

const TIMEOUT_MS = 3_000;
const [MIN_MS, MAX_MS] = [100, 5_000];

/** Which product is asked, and what happens if it does not answer. */
export function AskPart({
  policy,
  onChange,
}: {
  readonly policy: Policy;
  readonly onChange: ((policy: Policy) => void) | undefined;
}) {
  const may = useMay();
  const destinations = useQuery({ ...allDestinations(), enabled: may('destinations:read') });
  const products = (destinations.data ?? []).filter(({ channel }) => channel === 'product');
  const { ask, ...others } = policy;
  const setAsk = (next: Ask | undefined) =>
    onChange?.(next === undefined ? others : { ...others, ask: next });
  const labelOf = (id: string) => products.find((one) => one.id === id)?.label ?? id;
  return (
    <Section title={t('rules.ask')} about={t('rules.ask.about')}>
      <Card>
        {!onChange ? (
          <p>
            {ask
              ? t('rules.ask.view', {
                  destination: labelOf(ask.destinationId),
                  ms: number(ask.timeoutMs),
                  onSilence: ask.onSilence,
                })
              : t('rules.ask.off')}
          </p>
        ) : (
          <div className="stack">
            <SwitchField
              label={t('rules.ask.on')}
              isOn={ask !== undefined}
              isDisabled={ask === undefined && products.length === 0}
              onChange={(isOn) => setAsk(isOn ? firstAsk(products[0]?.id ?? '') : undefined)}
            />
            {products.length === 0 && (
              <p className="row muted">
                {t('rules.ask.destination.none')}
                <ButtonLink to="/destinations/new" search={{ channel: 'product' }} look="quiet">
                  {t('rules.ask.destination.link')}
                </ButtonLink>
              </p>
            )}
            {ask && (
              <AskFields
                ask={ask}
                options={products.map(({ id, label }) => ({ value: id, label }))}
                onChange={setAsk}
              />
            )}
          </div>
        )}
      </Card>
    </Section>
  );
}

function firstAsk(destinationId: string): Ask {
  return { destinationId, timeoutMs: TIMEOUT_MS, onSilence: 'accept' };
}

function AskFields({
  ask,
  options,
  onChange,
}: {
  readonly ask: Ask;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (ask: Ask) => void;
}) {
  const { timeoutMs } = ask;
  const isWrong = !(Number.isInteger(timeoutMs) && timeoutMs >= MIN_MS && timeoutMs <= MAX_MS);
  return (
    <>
      <SelectField
        label={t('rules.ask.destination')}
        options={options}
        value={ask.destinationId}
        onChange={(destinationId) => onChange({ ...ask, destinationId })}
      />
      <div className="field-pair">
        <TextField
          label={t('rules.ask.timeout')}
          hint={t('rules.ask.timeout.hint')}
          type="number"
          value={String(timeoutMs)}
          onChange={(text) => onChange({ ...ask, timeoutMs: Number(text) })}
          error={isWrong ? t('rules.ask.timeout.error') : undefined}
        />
        <SelectField
          label={t('rules.ask.onSilence')}
          options={(['accept', 'refuse'] as const).map((value) => ({
            value,
            label: t(`rules.ask.onSilence.${value}`),
          }))}
          value={ask.onSilence}
          onChange={(value) => onChange({ ...ask, onSilence: value as Ask['onSilence'] })}
        />
      </div>
      <ReasonTexts ask={ask} onChange={onChange} />
    </>
  );
}

function ReasonTexts({
  ask,
  onChange,
}: {
  readonly ask: Ask;
  readonly onChange: (ask: Ask) => void;
}) {
  const [reason, setReason] = useState('');
  const { messages = {}, ...others } = ask;
  const setMessages = (next: NonNullable<Ask['messages']>) =>
    onChange(Object.keys(next).length === 0 ? others : { ...others, messages: next });
  const isNew = /^[a-z0-9][a-z0-9.-]{0,99}$/.test(reason) && !(reason in messages);
  return (
    <fieldset className="field-group">
      <legend>{t('rules.ask.messages')}</legend>
      <p className="field-hint">{t('rules.ask.messages.about')}</p>
      {Object.entries(messages).map(([code, texts]) => (
        <div key={code} className="text-in-language">
          <TextsField
            label={code}
            texts={texts}
            onChange={(next) => setMessages({ ...messages, [code]: { ...next } })}
          />
          <IconButton
            icon="close"
            label={t('rules.ask.messages.remove', { reason: code })}
            onPress={() => {
              const { [code]: _, ...rest } = messages;
              setMessages(rest);
            }}
          />
        </div>
      ))}
      <div className="row row-end">
        <TextField
          label={t('rules.ask.messages.reason')}
          value={reason}
          onChange={setReason}
          isMono
        />
        <Button
          isDisabled={!isNew}
          onPress={() => {
            setMessages({ ...messages, [reason]: { en: '' } });
            setReason('');
          }}
        >
          {t('rules.ask.messages.add')}
        </Button>
      </div>
    </fieldset>
  );
}

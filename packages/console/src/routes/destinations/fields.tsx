import { languageNames, languages } from '@landfall/words/language';
import type { ReactNode } from 'react';
import type { Destination } from '../../api/destinations.ts';
import {
  ComboField,
  MultiSelectField,
  SelectField,
  SwitchField,
  TextField,
} from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';
import { hidesUrl, type Draft } from './draft.ts';
import { eventTypes } from './event-types.ts';
import { matterKindNames, matterKindWords } from './matter-kinds.ts';

interface FieldsProps {
  readonly channel: Destination['channel'];
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** While it is edited: what Landfall still shows of the address. */
  readonly shownUrl?: string | undefined;
  /** What is wrong, by the API's name of the field. */
  readonly errors?: Readonly<Record<string, string>>;
}

/** The fields of a destination, for its channel. */
export function DestinationFields(props: FieldsProps) {
  const { channel } = props;
  return (
    <>
      <WhereFields {...props} />
      <Group title={t('destinations.group.what')}>
        <EventFields {...props} />
        {channel !== 'product' && <MatterFields {...props} />}
        <OfferField {...props} />
        {channel === 'product' && <OrderField {...props} />}
      </Group>
      {channel !== 'product' && (
        <Group title={t('destinations.group.when')}>
          <TimeFields {...props} />
        </Group>
      )}
    </>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className="field-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

function useSet({ draft, onChange }: FieldsProps) {
  return <Key extends keyof Draft>(key: Key) =>
    (value: Draft[Key]) =>
      onChange({ ...draft, [key]: value });
}

function WhereFields(props: FieldsProps) {
  const { channel, draft, shownUrl, errors = {} } = props;
  const set = useSet(props);
  return (
    <>
      <TextField
        label={t('destinations.label')}
        hint={t('destinations.label.hint')}
        value={draft.label}
        onChange={set('label')}
        maxLength={100}
        error={errors['label']}
        isRequired
      />
      {channel === 'mail' ? (
        <TextField
          label={t('destinations.field.to')}
          hint={t('destinations.field.to.hint')}
          value={draft.to}
          onChange={set('to')}
          rows={4}
          error={errors['recipients']}
          isRequired
        />
      ) : (
        channel !== 'customer-mail' && (
          <TextField
            label={t('destinations.url')}
            hint={
              shownUrl !== undefined && hidesUrl(channel)
                ? t('destinations.field.url.keep', { url: shownUrl })
                : t(`destinations.field.url.${channel}.hint`)
            }
            type="url"
            value={draft.url}
            onChange={set('url')}
            error={errors['url']}
            isRequired={shownUrl === undefined || !hidesUrl(channel)}
            isMono
          />
        )
      )}
    </>
  );
}

function EventFields(props: FieldsProps) {
  const { channel, draft, errors = {} } = props;
  const set = useSet(props);
  const choices = channel === 'product' ? (['all', 'some'] as const) : (['none', 'some'] as const);
  return (
    <>
      <SelectField
        label={t('destinations.field.types')}
        options={choices.map((value) => ({
          value,
          label: t(`destinations.field.types.${value}`),
        }))}
        value={draft.typesChoice}
        onChange={(value) => set('typesChoice')(value as Draft['typesChoice'])}
        error={errors['types']}
      />
      {draft.typesChoice === 'some' && (
        <MultiSelectField
          label={t('destinations.field.types.list')}
          options={eventTypes
            .filter((type) => type !== 'ping')
            .map((value) => ({ value, label: value }))}
          value={draft.types}
          onChange={set('types')}
        />
      )}
    </>
  );
}

function MatterFields(props: FieldsProps) {
  const { draft, errors = {} } = props;
  const set = useSet(props);
  return (
    <>
      <SelectField
        label={t('destinations.field.matters')}
        options={(['all', 'some', 'none'] as const).map((value) => ({
          value,
          label: t(`destinations.field.matters.${value}`),
        }))}
        value={draft.mattersChoice}
        onChange={(value) => set('mattersChoice')(value as Draft['mattersChoice'])}
        error={errors['matterKinds']}
      />
      {draft.mattersChoice === 'some' && (
        <MultiSelectField
          label={t('destinations.field.matters.list')}
          options={matterKindNames.map((value) => ({
            value,
            label: matterKindWords(value),
          }))}
          value={draft.matterKinds}
          onChange={set('matterKinds')}
        />
      )}
      {draft.mattersChoice !== 'none' && (
        <SelectField
          label={t('destinations.field.severities')}
          options={(['all', 'warning', 'critical'] as const).map((value) => ({
            value,
            label: t(`destinations.field.severities.${value}`),
          }))}
          value={draft.severities}
          onChange={(value) => set('severities')(value as Draft['severities'])}
        />
      )}
    </>
  );
}

function OfferField(props: FieldsProps) {
  return (
    <TextField
      label={t('destinations.field.offers')}
      hint={t('destinations.field.offers.hint')}
      value={props.draft.offerIds}
      onChange={useSet(props)('offerIds')}
      error={props.errors?.['offerIds']}
      isMono
    />
  );
}

function OrderField(props: FieldsProps) {
  return (
    <SwitchField
      label={t('destinations.field.ordered')}
      hint={t('destinations.field.ordered.hint')}
      isOn={props.draft.isOrdered}
      onChange={useSet(props)('isOrdered')}
    />
  );
}

const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}));

function TimeFields(props: FieldsProps) {
  const { draft, errors = {} } = props;
  const set = useSet(props);
  return (
    <>
      <div className="field-pair">
        <SelectField
          label={t('destinations.field.digest')}
          options={(['at-once', 'hourly', 'daily'] as const).map((value) => ({
            value,
            label: t(`destinations.field.digest.${value}`),
          }))}
          value={draft.digest}
          onChange={(value) => set('digest')(value as Draft['digest'])}
        />
        {draft.digest === 'daily' && (
          <SelectField
            label={t('destinations.field.digestHour')}
            options={hours}
            value={draft.digestHour}
            onChange={set('digestHour')}
          />
        )}
      </div>
      <div className="field-pair">
        <ComboField
          label={t('destinations.field.timeZone')}
          hint={t('destinations.field.timeZone.hint')}
          options={Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value }))}
          value={draft.timeZone}
          onChange={set('timeZone')}
          error={errors['timeZone']}
        />
        <SelectField
          label={t('destinations.field.language')}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
          value={draft.language}
          onChange={(value) => set('language')(value as Draft['language'])}
        />
      </div>
      <SwitchField
        label={t('destinations.field.quiet')}
        hint={t('destinations.field.quiet.hint')}
        isOn={draft.hasQuietHours}
        onChange={set('hasQuietHours')}
      />
      {draft.hasQuietHours && (
        <>
          <div className="field-pair">
            <TextField
              label={t('destinations.field.quiet.from')}
              value={draft.quietFrom}
              onChange={set('quietFrom')}
              placeholder="22:00"
              error={errors['quietHours.from']}
            />
            <TextField
              label={t('destinations.field.quiet.to')}
              value={draft.quietTo}
              onChange={set('quietTo')}
              placeholder="07:00"
              error={errors['quietHours.to']}
            />
          </div>
          <SwitchField
            label={t('destinations.field.quiet.exceptCritical')}
            isOn={draft.exceptCritical}
            onChange={set('exceptCritical')}
          />
        </>
      )}
    </>
  );
}

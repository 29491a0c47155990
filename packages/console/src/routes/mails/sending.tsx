import { useState, type FormEvent } from 'react';
import { languageNames, languages } from '@landfall/words/language';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { CustomerMail, CustomerMails, MailLanguage } from '../../api/customer-mails.ts';
import { problemOf } from '../../api/errors.ts';
import { useRefusal } from '../../app/session.ts';
import { Status } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { MultiSelectField, SelectField, SwitchField, TextField } from '../../parts/fields.tsx';
import { Card, Section } from '../../parts/page.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { customerMails } from '@landfall/contracts/customer-mails';
import { ProductNames } from './product-names.tsx';

const SCOPE = 'settings:write';

/** Whether customers get mails, which ones, and from whom. */
export function Sending({ saved }: { readonly saved: CustomerMails }) {
  const { isReady: _, nextStep: __, destinationId, ...settings } = saved;
  const [draft, setDraft] = useState(settings);
  const change = (changes: Partial<typeof draft>) => setDraft({ ...draft, ...changes });
  const put = useCommand(
    {
      run: api.customerMails.put.mutate,
      changes: ['customerMails', 'destinations'],
      done: ({ isOn }) => t('mails.saved', { state: isOn ? 'on' : 'off' }),
    },
    'shown',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void put.start({ settings: draft });
  };
  const issues = put.error === undefined ? [] : problemOf(put.error).issues;
  const errorOf = (field: string) =>
    issues.find(({ path }) => path === `settings.${field}`)?.message;
  const isSame = JSON.stringify(draft) === JSON.stringify(settings);
  const refusal = useRefusal(SCOPE);
  const isLocked = refusal !== undefined;
  return (
    <Section
      title={t('mails.sending')}
      about={t('mails.sending.about')}
      actions={
        <>
          <Status tone={saved.isOn ? 'good' : 'quiet'}>
            {t('mails.state', { state: saved.isOn ? 'on' : 'off' })}
          </Status>
          {destinationId !== undefined && (
            <ButtonLink to="/deliveries" search={{ destinationId }} look="quiet">
              {t('mails.deliveries')}
            </ButtonLink>
          )}
        </>
      }
    >
      <Card>
        <form className="stack" onSubmit={submit}>
          <SwitchField
            label={t('mails.isOn')}
            hint={t('mails.isOn.hint')}
            isOn={draft.isOn}
            isDisabled={isLocked}
            onChange={(isOn) => change({ isOn })}
          />
          <MultiSelectField
            label={t('mails.which')}
            options={customerMails.map((name) => ({
              value: name,
              label: t(`mails.name.${name}`),
              detail: t(`mails.when.${name}`),
            }))}
            value={draft.mails}
            isDisabled={isLocked}
            onChange={(mails) => change({ mails: mails as CustomerMail[] })}
          />
          <div className="field-pair">
            <TextField
              label={t('mails.senderName')}
              hint={t('mails.senderName.hint')}
              value={draft.senderName ?? ''}
              maxLength={100}
              isDisabled={isLocked}
              error={errorOf('senderName')}
              onChange={(text) => change({ senderName: text || null })}
            />
            <TextField
              label={t('mails.replyTo')}
              hint={t('mails.replyTo.hint')}
              type="email"
              value={draft.replyTo ?? ''}
              maxLength={254}
              isDisabled={isLocked}
              error={errorOf('replyTo')}
              onChange={(text) => change({ replyTo: text || null })}
            />
            <SelectField
              label={t('mails.language')}
              hint={t('mails.language.hint')}
              options={languages.map((value) => ({ value, label: languageNames[value] }))}
              value={draft.language}
              isDisabled={isLocked}
              onChange={(value) => change({ language: value as MailLanguage })}
            />
          </div>
          <ProductNames
            names={draft.productNames}
            onChange={isLocked ? undefined : (productNames) => change({ productNames })}
          />
          <SwitchField
            label={t('mails.includesPartnerLed')}
            hint={t('mails.includesPartnerLed.hint')}
            isOn={draft.includesPartnerLed}
            isDisabled={isLocked}
            onChange={(includesPartnerLed) => change({ includesPartnerLed })}
          />
          <SwitchField
            label={t('mails.includesTests')}
            isOn={draft.includesTests}
            isDisabled={isLocked}
            onChange={(includesTests) => change({ includesTests })}
          />
          {put.error !== undefined && <ErrorState error={put.error} />}
          <div className="row">
            <Button
              type="submit"
              look="primary"
              isPending={put.isRunning}
              isDisabled={isSame}
              refusal={refusal}
            >
              {t('parts.save')}
            </Button>
          </div>
        </form>
      </Card>
    </Section>
  );
}

import { useState, type FormEvent } from 'react';
import type { Rule } from '../../api/policies.ts';
import { useSession } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialogs.tsx';
import { SelectField, SwitchField, TextField } from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';
import { ruleOfDraft, seatsError, toRuleDraft, type RuleDraft } from './rule-draft.ts';
import { TextsField } from './texts-field.tsx';

const decisions = ['refuse', 'ask', 'accept'] as const;

/** One rule as a form. It only changes the draft of the page; nothing is saved yet. */
export function RuleForm({
  rule,
  taken,
  onClose,
  onDone,
}: {
  /** Undefined: a new one. */
  readonly rule: Rule | undefined;
  readonly taken: readonly string[];
  readonly onClose: () => void;
  readonly onDone: (rule: Rule) => void;
}) {
  const [draft, setDraft] = useState(() => toRuleDraft(rule));
  const [isTried, setTried] = useState(false);
  const { publishers } = useSession();
  const set =
    <Key extends keyof RuleDraft>(key: Key) =>
    (value: RuleDraft[Key]) =>
      setDraft({ ...draft, [key]: value });
  const idError =
    draft.id.trim() === ''
      ? t('rules.form.id.missing')
      : taken.includes(draft.id.trim())
        ? t('rules.form.id.taken')
        : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const isWrong =
      idError !== undefined || [draft.below, draft.above].some((seats) => seatsError(seats));
    if (!isWrong) onDone(ruleOfDraft(draft));
  };
  return (
    <Dialog
      title={rule ? t('rules.form.title.edit', { id: rule.id }) : t('rules.form.title.new')}
      isOpen
      onClose={onClose}
      isWide
    >
      <form className="dialog-form" onSubmit={submit}>
        <div className="dialog-content">
          <SelectField
            label={t('rules.form.action')}
            options={(['ChangePlan', 'ChangeQuantity'] as const).map((value) => ({
              value,
              label: t(`rules.what.${value}`),
            }))}
            value={draft.action}
            onChange={(value) => set('action')(value as RuleDraft['action'])}
          />
          {draft.action === 'ChangePlan' ? (
            <PlanConditions draft={draft} set={set} />
          ) : (
            <SeatConditions draft={draft} set={set} isTried={isTried} />
          )}
          <TextField
            label={t('rules.form.offer')}
            hint={t('rules.form.offer.hint')}
            value={draft.offerId}
            onChange={set('offerId')}
            isMono
          />
          {publishers.length > 1 && (
            <TextField
              label={t('rules.form.publisher')}
              hint={t('rules.form.publisher.hint')}
              value={draft.publisherId}
              onChange={set('publisherId')}
              isMono
            />
          )}
          <SelectField
            label={t('rules.decision')}
            options={decisions.map((value) => ({
              value,
              label: t(`rules.decision.${value}`),
              detail: t(`rules.decision.${value}.detail`),
            }))}
            value={draft.decision}
            onChange={(value) => set('decision')(value as RuleDraft['decision'])}
          />
          {draft.decision !== 'accept' && (
            <TextsField
              label={t('rules.message')}
              hint={t('rules.message.hint')}
              texts={draft.message}
              onChange={set('message')}
            />
          )}
          <TextField
            label={t('rules.form.id')}
            hint={t('rules.form.id.hint')}
            value={draft.id}
            onChange={set('id')}
            maxLength={100}
            error={isTried ? idError : undefined}
            isRequired
            isMono
          />
        </div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('parts.cancel')}</Button>
          <Button type="submit" look="primary">
            {t('rules.form.done')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

interface ConditionsProps {
  readonly draft: RuleDraft;
  readonly set: <Key extends keyof RuleDraft>(key: Key) => (value: RuleDraft[Key]) => void;
}

function PlanConditions({ draft, set }: ConditionsProps) {
  return (
    <>
      <div className="field-pair">
        <TextField
          label={t('rules.form.from')}
          hint={t('rules.form.plans.hint')}
          value={draft.fromPlanIds}
          onChange={set('fromPlanIds')}
          isMono
        />
        <TextField
          label={t('rules.form.to')}
          hint={t('rules.form.plans.hint')}
          value={draft.toPlanIds}
          onChange={set('toPlanIds')}
          isMono
        />
      </div>
      <SwitchField
        label={t('rules.form.notSold')}
        hint={t('rules.form.notSold.hint')}
        isOn={draft.isNotSold}
        onChange={set('isNotSold')}
      />
      <SwitchField
        label={t('rules.form.downgrade')}
        hint={t('rules.form.downgrade.hint')}
        isOn={draft.isDowngrade}
        onChange={set('isDowngrade')}
      />
    </>
  );
}

function SeatConditions({ draft, set, isTried }: ConditionsProps & { readonly isTried: boolean }) {
  const errorOf = (seats: string) =>
    isTried && seatsError(seats) ? t('rules.form.seats.error') : undefined;
  return (
    <>
      <TextField
        label={t('rules.form.plans')}
        hint={t('rules.form.plans.hint')}
        value={draft.planIds}
        onChange={set('planIds')}
        isMono
      />
      <div className="field-pair">
        <TextField
          label={t('rules.form.below')}
          hint={t('rules.form.seats.hint')}
          type="number"
          value={draft.below}
          onChange={set('below')}
          error={errorOf(draft.below)}
        />
        <TextField
          label={t('rules.form.above')}
          hint={t('rules.form.seats.hint')}
          type="number"
          value={draft.above}
          onChange={set('above')}
          error={errorOf(draft.above)}
        />
      </div>
    </>
  );
}

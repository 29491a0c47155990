import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.ts';
import type { Policy, TestAnswer, TestInput } from '../../api/policies.ts';
import { Button } from '../../parts/button.tsx';
import { SelectField, TextField } from '../../parts/fields.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts } from '../../parts/page.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';

interface Question {
  readonly subscriptionId: string;
  readonly offerId: string;
  readonly planId: string;
  readonly seats: string;
  readonly action: 'ChangePlan' | 'ChangeQuantity';
  readonly toPlan: string;
  readonly toSeats: string;
}

const empty: Question = {
  subscriptionId: '',
  offerId: '',
  planId: '',
  seats: '',
  action: 'ChangePlan',
  toPlan: '',
  toSeats: '',
};

/** What the rules would decide about a change, without changing anything. */
export function Tester({ draft }: { readonly draft: Policy | undefined }) {
  const [question, setQuestion] = useState(empty);
  const [which, setWhich] = useState<'draft' | 'saved'>('draft');
  const tested = which === 'draft' ? draft : undefined;
  const test = useMutation({ mutationFn: (input: TestInput) => api.policies.test.query(input) });
  const set = (key: keyof Question) => (value: string) =>
    setQuestion({ ...question, [key]: value });
  const input = inputOf(question, tested);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (input) test.mutate(input);
  };
  return (
    <div className="stack">
      <p className="page-about">{t('rules.test.about')}</p>
      <div className="two-columns two-columns-even">
        <Card>
          <form className="stack" onSubmit={submit}>
            {draft !== undefined && (
              <SelectField
                label={t('rules.test.which')}
                options={(['draft', 'saved'] as const).map((value) => ({
                  value,
                  label: t(`rules.test.which.${value}`),
                }))}
                value={which}
                onChange={(value) => setWhich(value as typeof which)}
              />
            )}
            <QuestionFields question={question} set={set} />
            <div className="row">
              <Button
                type="submit"
                look="primary"
                isDisabled={input === undefined}
                isPending={test.isPending}
              >
                {t('rules.test.run')}
              </Button>
            </div>
            {input === undefined && <p className="muted">{t('rules.test.missing')}</p>}
          </form>
        </Card>
        <div aria-live="polite" className="stack">
          {test.error ? (
            <ErrorState error={test.error} />
          ) : test.data ? (
            <Answer answer={test.data} />
          ) : (
            <p className="muted">{t('rules.test.waiting')}</p>
          )}
        </div>
      </div>
    </div>
  );
}

function QuestionFields({
  question,
  set,
}: {
  readonly question: Question;
  readonly set: (key: keyof Question) => (value: string) => void;
}) {
  const hasSubscription = question.subscriptionId.trim() !== '';
  const keep = hasSubscription ? t('rules.test.keep') : undefined;
  return (
    <>
      <TextField
        label={t('rules.test.subscription')}
        hint={t('rules.test.subscription.hint')}
        value={question.subscriptionId}
        onChange={set('subscriptionId')}
        isMono
      />
      <div className="field-pair">
        <TextField
          label={t('rules.test.offer')}
          hint={keep}
          value={question.offerId}
          onChange={set('offerId')}
          isMono
        />
        <TextField
          label={t('rules.test.plan')}
          hint={keep}
          value={question.planId}
          onChange={set('planId')}
          isMono
        />
      </div>
      <SelectField
        label={t('rules.test.action')}
        options={(['ChangePlan', 'ChangeQuantity'] as const).map((value) => ({
          value,
          label: t(`rules.test.action.${value}`),
        }))}
        value={question.action}
        onChange={set('action')}
      />
      {question.action === 'ChangePlan' ? (
        <TextField
          label={t('rules.test.toPlan')}
          value={question.toPlan}
          onChange={set('toPlan')}
          isMono
        />
      ) : (
        <div className="field-pair">
          <TextField
            label={t('rules.test.seats')}
            hint={keep}
            type="number"
            value={question.seats}
            onChange={set('seats')}
          />
          <TextField
            label={t('rules.test.toSeats')}
            type="number"
            value={question.toSeats}
            onChange={set('toSeats')}
          />
        </div>
      )}
    </>
  );
}

/** Undefined while something is missing. */
function inputOf(question: Question, policy: Policy | undefined): TestInput | undefined {
  const subscriptionId = question.subscriptionId.trim();
  const offerId = question.offerId.trim();
  const planId = question.planId.trim();
  const change = changeOf(question);
  if (!change || (subscriptionId === '' && (offerId === '' || planId === ''))) return undefined;
  const subscription = {
    ...(offerId === '' ? {} : { offerId }),
    ...(planId === '' ? {} : { planId }),
    ...(question.seats.trim() === '' ? {} : { quantity: Number(question.seats) }),
  };
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(subscriptionId === '' ? {} : { subscriptionId }),
    ...(Object.keys(subscription).length === 0 ? {} : { subscription }),
    change,
  };
}

function changeOf({ action, toPlan, toSeats }: Question): TestInput['change'] | undefined {
  if (action === 'ChangePlan') {
    return toPlan.trim() === '' ? undefined : { action, planId: toPlan.trim() };
  }
  return /^\d+$/.test(toSeats.trim()) ? { action, quantity: Number(toSeats) } : undefined;
}

const tones = { accept: 'good', refuse: 'warn', ask: 'notice' } as const;

function Answer({ answer }: { readonly answer: TestAnswer }) {
  const {
    ruleId,
    message = {},
    onSilence,
    explanation,
    passedOver,
    warnings = [],
    tested,
  } = answer;
  return (
    <>
      <Notice tone={tones[answer.answer]} title={t(`rules.test.${answer.answer}`)}>
        <p>
          {ruleId === undefined ? t('rules.test.byNone') : t('rules.test.byRule', { rule: ruleId })}{' '}
          {onSilence !== undefined && t('rules.test.silence', { onSilence })}
        </p>
        <p className="muted" lang="en">
          {explanation}
        </p>
      </Notice>
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn" title={t('rules.warning')}>
          <p lang="en">{warning}</p>
        </Notice>
      ))}
      <Card>
        <div className="stack">
          {Object.keys(message).length > 0 && (
            <div>
              <p>
                <strong>{t('rules.test.message')}</strong>
              </p>
              {Object.entries(message).map(([language, text]) => (
                <blockquote key={language} className="quote" lang={language}>
                  <span className="muted">{language}</span> {text}
                </blockquote>
              ))}
            </div>
          )}
          {passedOver.length > 0 && (
            <div>
              <p>
                <strong>{t('rules.test.passed')}</strong>
              </p>
              <ul className="bullets">
                {passedOver.map(({ ruleId: passed, because }) => (
                  <li key={passed}>
                    <code>{passed}</code> <span lang="en">{because}</span>
                  </li>
                ))}
              </ul>
            </div>
          )}
          <div>
            <p>
              <strong>{t('rules.test.tested')}</strong>
            </p>
            <Facts
              items={[
                [t('rules.test.offer'), <code key="offer">{tested.offerId}</code>],
                [t('rules.test.plan'), <code key="plan">{tested.planId}</code>],
                [
                  t('rules.test.seats'),
                  tested.quantity === null ? undefined : String(tested.quantity),
                ],
              ]}
            />
          </div>
        </div>
      </Card>
    </>
  );
}

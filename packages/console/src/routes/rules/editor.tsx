import { useState } from 'react';
import type { Policy, Rule } from '../../api/policies.ts';
import { Button, ButtonLink, IconButton } from '../../parts/button.tsx';
import { SwitchField } from '../../parts/fields.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Card } from '../../parts/page.tsx';
import { EmptyState } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { AskPart } from './ask-part.tsx';
import { PlansPart } from './plans-part.tsx';
import { RuleForm } from './rule-form.tsx';
import { RuleSentence } from './sentence.tsx';

interface EditorProps {
  readonly policy: Policy;
  /** A decision named this rule. */
  readonly pointAt: string | undefined;
  /** Undefined: the rules are only shown. */
  readonly onChange: ((policy: Policy) => void) | undefined;
  readonly onClose: () => void;
  readonly isChanged: boolean;
}

/** The rules as sentences, and what they need; with `onChange`, each can be edited. */
export function PolicyEditor({ policy, pointAt, onChange, onClose, isChanged }: EditorProps) {
  /** The index of the rule that is being edited, or its place for a new one. */
  const [editing, setEditing] = useState<number>();
  const { rules } = policy;
  const setRules = (next: readonly Rule[]) => onChange?.({ ...policy, rules: [...next] });
  return (
    <div className="stack">
      <p className="page-about">{t('rules.scope')}</p>
      {rules.length === 0 && onChange === undefined ? (
        <Card>
          <EmptyState icon="sliders" title={t('rules.empty.title')} text={t('rules.empty.text')} />
        </Card>
      ) : (
        <Card isFlush>
          <ol className="rules">
            {rules.map((rule, index) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                number={index + 1}
                isPointedAt={rule.id === pointAt}
                edit={
                  onChange && {
                    open: () => setEditing(index),
                    move: (by) => setRules(moved(rules, index, by)),
                    remove: () => setRules(rules.filter((_, place) => place !== index)),
                    isFirst: index === 0,
                    isLast: index === rules.length - 1,
                  }
                }
              />
            ))}
            <li className="rule rule-otherwise">
              <div className="rule-text">
                <strong>{t('rules.otherwise')}</strong>
                <p className="muted">{t('rules.otherwise.text')}</p>
              </div>
            </li>
          </ol>
        </Card>
      )}
      {onChange && (
        <div className="row">
          <Button icon="plus" onPress={() => setEditing(rules.length)}>
            {t('rules.rule.add')}
          </Button>
          {!isChanged && (
            <Button look="quiet" onPress={onClose}>
              {t('parts.cancel')}
            </Button>
          )}
        </div>
      )}
      <PlansPart policy={policy} onChange={onChange} />
      <AskPart policy={policy} onChange={onChange} />
      <Compensation policy={policy} onChange={onChange} />
      <RawJson value={policy} />
      {editing !== undefined && (
        <RuleForm
          rule={rules[editing]}
          taken={rules.filter((_, index) => index !== editing).map(({ id }) => id)}
          onClose={() => setEditing(undefined)}
          onDone={(rule) => {
            setRules([...rules.slice(0, editing), rule, ...rules.slice(editing + 1)]);
            setEditing(undefined);
          }}
        />
      )}
    </div>
  );
}

function moved(rules: readonly Rule[], index: number, by: -1 | 1): readonly Rule[] {
  const next = [...rules];
  const [rule] = next.splice(index, 1);
  if (rule) next.splice(index + by, 0, rule);
  return next;
}

interface RowEdit {
  readonly open: () => void;
  readonly move: (by: -1 | 1) => void;
  readonly remove: () => void;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

function RuleRow({
  rule,
  number,
  isPointedAt,
  edit,
}: {
  readonly rule: Rule;
  readonly number: number;
  readonly isPointedAt: boolean;
  readonly edit: RowEdit | undefined;
}) {
  const messages = Object.entries(rule.message ?? {});
  return (
    <li className="rule" data-pointed={isPointedAt || undefined}>
      <span className="rule-number" aria-label={t('rules.rule.number', { number })}>
        {number}
      </span>
      <div className="rule-text">
        <RuleSentence rule={rule} />
        <p className="muted">
          <code>{rule.id}</code>
          {isPointedAt && ` · ${t('rules.rule.found')}`}
        </p>
        {messages.map(([language, text]) => (
          <blockquote key={language} className="quote" lang={language}>
            <span className="muted">{language}</span> {text}
          </blockquote>
        ))}
        {rule.decision === 'refuse' && messages.length === 0 && (
          <p className="muted">{t('rules.rule.noMessage')}</p>
        )}
      </div>
      <div className="rule-actions">
        {edit ? (
          <>
            <IconButton
              icon="up"
              label={t('rules.rule.up')}
              isDisabled={edit.isFirst}
              onPress={() => edit.move(-1)}
            />
            <IconButton
              icon="down"
              label={t('rules.rule.down')}
              isDisabled={edit.isLast}
              onPress={() => edit.move(1)}
            />
            <Button isSmall onPress={edit.open}>
              {t('rules.rule.edit')}
            </Button>
            <IconButton icon="close" label={t('rules.rule.remove')} onPress={edit.remove} />
          </>
        ) : (
          <ButtonLink look="quiet" to="/operations" search={{ ruleId: rule.id }}>
            {t('rules.rule.decisions')}
          </ButtonLink>
        )}
      </div>
    </li>
  );
}

function Compensation({ policy, onChange }: Pick<EditorProps, 'policy' | 'onChange'>) {
  const { compensateLateRefusals: isOn } = policy;
  return (
    <Card>
      {onChange ? (
        <SwitchField
          label={t('rules.compensate')}
          hint={t('rules.compensate.hint')}
          isOn={isOn}
          onChange={(next) => onChange({ ...policy, compensateLateRefusals: next })}
        />
      ) : (
        <p>{t(isOn ? 'rules.compensate.on' : 'rules.compensate.off')}</p>
      )}
    </Card>
  );
}

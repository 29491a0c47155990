import type { ReactNode } from 'react';
import { Tag } from '../../parts/badge.tsx';
import { t } from '../../words/words.ts';
import type { PolicyChange } from './policy-diff.ts';
import { ruleText } from './sentence.tsx';

/** The differences between two versions, one paragraph each. */
export function ChangeList({ changes }: { readonly changes: readonly PolicyChange[] }) {
  if (changes.length === 0) return <p className="muted">{t('rules.change.none')}</p>;
  return (
    <ul className="changes">
      {changes.map((change) => (
        <li key={keyOf(change)}>
          <ChangeRow change={change} />
        </li>
      ))}
    </ul>
  );
}

function keyOf(change: PolicyChange): string {
  if ('rule' in change) return `${change.kind} ${change.rule.id}`;
  return change.kind === 'changed' ? `changed ${change.after.id}` : change.kind;
}

function ChangeRow({ change }: { readonly change: PolicyChange }): ReactNode {
  if (change.kind === 'added') {
    return (
      <Row tag={t('rules.change.added')} tone="good" name={change.rule.id}>
        <ins>{ruleText(change.rule)}</ins>
      </Row>
    );
  }
  if (change.kind === 'removed') {
    return (
      <Row tag={t('rules.change.removed')} tone="bad" name={change.rule.id}>
        <del>{ruleText(change.rule)}</del>
      </Row>
    );
  }
  if (change.kind === 'changed') {
    return (
      <Row tag={t('rules.change.changed')} tone="notice" name={change.after.id}>
        <del>{ruleText(change.before)}</del>
        <ins>{ruleText(change.after)}</ins>
      </Row>
    );
  }
  if (change.kind === 'order') {
    const text = t('rules.change.order.text', { order: change.ids.join(', ') });
    return (
      <Row tag={t('rules.change.order')} tone="notice">
        {text}
      </Row>
    );
  }
  if (change.kind === 'compensate') {
    const words = (isOn: boolean) => t(isOn ? 'rules.compensate.on' : 'rules.compensate.off');
    return (
      <Row tag={t('rules.change.changed')} tone="notice" name={t('rules.change.compensate')}>
        <del>{words(change.before)}</del>
        <ins>{words(change.after)}</ins>
      </Row>
    );
  }
  return (
    <Row tag={t('rules.change.changed')} tone="notice" name={t(`rules.change.${change.kind}`)}>
      <del>{JSON.stringify(change.before ?? null)}</del>
      <ins>{JSON.stringify(change.after ?? null)}</ins>
    </Row>
  );
}

function Row({
  tag,
  tone,
  name,
  children,
}: {
  readonly tag: string;
  readonly tone: 'good' | 'bad' | 'notice';
  readonly name?: string;
  readonly children: ReactNode;
}) {
  return (
    <div className="change">
      <p className="row">
        <Tag tone={tone}>{tag}</Tag>
        {name !== undefined && <code>{name}</code>}
      </p>
      <div className="change-text">{children}</div>
    </div>
  );
}

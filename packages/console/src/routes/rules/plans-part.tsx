import { useState } from 'react';
import type { Policy } from '../../api/policies.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Card, Section } from '../../parts/page.tsx';
import { t } from '../../words/words.ts';
import { idsOf } from './rule-draft.ts';

type Sold = Policy['plans'][number];

/** Which plans are sold, in their order. */
export function PlansPart({
  policy,
  onChange,
}: {
  readonly policy: Policy;
  readonly onChange: ((policy: Policy) => void) | undefined;
}) {
  const { plans } = policy;
  const setPlans = (next: readonly Sold[]) => onChange?.({ ...policy, plans: [...next] });
  return (
    <Section title={t('rules.plans')} about={t('rules.plans.about')}>
      <Card>
        <div className="stack">
          {plans.length === 0 && <p className="muted">{t('rules.plans.none')}</p>}
          {plans.map((list, index) =>
            onChange ? (
              <SoldList
                // oxlint-disable-next-line react/no-array-index-key -- Lists have no id, and their offers change while they are typed.
                key={index}
                list={list}
                onChange={(next) =>
                  setPlans(plans.map((one, place) => (place === index ? next : one)))
                }
                onRemove={() => setPlans(plans.filter((_, place) => place !== index))}
              />
            ) : (
              <p key={`${list.publisherId ?? ''} ${list.offerId}`}>
                <code>{list.offerId}</code>: {list.planIds.join(' < ')}
              </p>
            ),
          )}
          {onChange && (
            <div className="row">
              <Button
                isSmall
                icon="plus"
                onPress={() => setPlans([...plans, { offerId: '', planIds: [] }])}
              >
                {t('rules.plans.add')}
              </Button>
            </div>
          )}
        </div>
      </Card>
    </Section>
  );
}

function SoldList({
  list,
  onChange,
  onRemove,
}: {
  readonly list: Sold;
  readonly onChange: (list: Sold) => void;
  readonly onRemove: () => void;
}) {
  // As typed: a comma at the end is not an id yet.
  const [typed, setTyped] = useState(list.planIds.join(', '));
  return (
    <div className="sold-list">
      <TextField
        label={t('rules.plans.offer')}
        value={list.offerId}
        onChange={(offerId) => onChange({ ...list, offerId: offerId.trim() })}
        isMono
      />
      <TextField
        label={t('rules.plans.list')}
        value={typed}
        onChange={(text) => {
          setTyped(text);
          onChange({ ...list, planIds: idsOf(text) });
        }}
        isMono
      />
      <IconButton icon="close" label={t('rules.plans.remove')} onPress={onRemove} />
    </div>
  );
}

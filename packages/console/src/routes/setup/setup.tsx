import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { chosenPublisher } from '../../app/publisher.ts';
import { useSession } from '../../app/session.ts';
import { doctorRun, setupValues, type Check, type SetupValue } from '../../api/system.ts';
import { Count, Tag } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Copy } from '../../parts/id.tsx';
import { Card, Page, Section } from '../../parts/page.tsx';
import { EmptyState, Loaded, Skeleton } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { CheckList } from '../doctor/doctor.tsx';
import '../doctor/doctor.css';

/** Checks that say whether what was entered works. */
const RELEVANT =
  /^(?:credential\.|fulfillment\.|metering\.|webhook\.|landing\.|public-url\.|proxy\.)/;

export function SetupPage() {
  const values = useQuery(setupValues());
  const checks = useQuery(doctorRun(chosenPublisher()));
  const { person } = useSession();
  const ticks = useTicks(person.id);
  return (
    <Page
      title={t('system.setup')}
      about={t('system.setup.about')}
      actions={
        <Button icon="refresh" isPending={checks.isFetching} onPress={() => void checks.refetch()}>
          {t('system.setup.check')}
        </Button>
      }
    >
      <div className="two-columns">
        <Loaded query={values} lines={16}>
          {({ installation, publishers }) => (
            <div className="stack">
              {publishers.map(({ publisherId, values: own }) => (
                <Places
                  key={publisherId ?? ''}
                  publisherId={publisherId}
                  values={own}
                  ticks={ticks}
                />
              ))}
              <Places publisherId={undefined} values={installation} ticks={ticks} />
              {publishers.length + installation.length === 0 && (
                <EmptyState
                  icon="checklist"
                  title={t('system.setup.empty')}
                  text={t('system.setup.empty.text')}
                />
              )}
            </div>
          )}
        </Loaded>
        <Section title={t('system.setup.works')} about={t('system.setup.works.about')}>
          {checks.data ? (
            <CheckList checks={checks.data.checks.filter(isRelevant)} />
          ) : (
            <Skeleton lines={8} />
          )}
          <ButtonLink look="quiet" to="/doctor">
            {t('system.setup.doctor')}
          </ButtonLink>
        </Section>
      </div>
    </Page>
  );
}

function isRelevant({ check }: Check): boolean {
  return RELEVANT.test(check);
}

/** What a person has entered, kept in the browser: Partner Center cannot be asked. */
function useTicks(personId: string) {
  const memory = `landfall.setup.${personId}`;
  const [ticked, setTicked] = useState(() => new Set(readTicks(memory)));
  return {
    has: (key: string) => ticked.has(key),
    toggle(key: string) {
      const next = new Set(ticked);
      if (!next.delete(key)) next.add(key);
      localStorage.setItem(memory, JSON.stringify([...next]));
      setTicked(next);
    },
  };
}

type Ticks = ReturnType<typeof useTicks>;

function readTicks(memory: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(memory) ?? '[]');
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}

function keyOf(publisherId: string | undefined, { where, field, value }: SetupValue): string {
  return [publisherId ?? '', where, field, value ?? ''].join('\n');
}

/** The values by the page of Partner Center or Entra where they are entered. */
function Places({
  publisherId,
  values,
  ticks,
}: {
  readonly publisherId: string | undefined;
  readonly values: readonly SetupValue[];
  readonly ticks: Ticks;
}) {
  return [...Map.groupBy(values, ({ where }) => where)].map(([where, own]) => {
    const done = own.filter((value) => ticks.has(keyOf(publisherId, value))).length;
    return (
      <Section
        key={where}
        title={publisherId === undefined ? where : `${where} · ${publisherId}`}
        actions={
          <span className="row muted">
            <Count value={done} tone={done === own.length ? 'good' : 'quiet'} />
            {t('system.setup.of', { count: own.length })}
          </span>
        }
      >
        <Card isFlush>
          <ul className="setup-values">
            {own.map((value) => {
              const key = keyOf(publisherId, value);
              return (
                <li key={key} className="setup-value">
                  <input
                    type="checkbox"
                    className="tick"
                    checked={ticks.has(key)}
                    onChange={() => ticks.toggle(key)}
                    aria-label={t('system.setup.tick', { field: value.field })}
                  />
                  <Value value={value} />
                </li>
              );
            })}
          </ul>
        </Card>
      </Section>
    );
  });
}

function Value({ value: { field, value, setting, isSet, why } }: { readonly value: SetupValue }) {
  return (
    <div>
      <p className="check-head">
        <strong>{field}</strong>
        {!isSet && <Tag tone="warn">{t('system.setup.missing')}</Tag>}
      </p>
      {value !== undefined && (
        <p className="check-value">
          <code>{value}</code>
          <Copy text={value} label={t('system.copy', { name: field })} />
        </p>
      )}
      {value === undefined && setting !== undefined && (
        <p className="check-value">
          {t('system.setup.take')} <code>{setting}</code>
          <Copy text={setting} label={t('system.copy', { name: setting })} />
        </p>
      )}
      <p className="muted">{why}</p>
    </div>
  );
}

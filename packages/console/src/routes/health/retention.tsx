import { useQuery } from '@tanstack/react-query';
import { retentionRules, type RetentionRule } from '../../api/system.ts';
import { Card } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';

/** How long each table is kept, and why. */
export function Retention() {
  const query = useQuery(retentionRules());
  return (
    <Loaded query={query} lines={12}>
      {({ rules }) => (
        <div className="stack">
          <p className="muted">{t('system.retention.about')}</p>
          {[...Map.groupBy(rules, ({ service }) => service)].map(([service, own]) => (
            <Card key={service}>
              <h3>{service}</h3>
              <dl className="facts">
                {own.map((rule) => (
                  <div key={`${rule.table} ${rule.only ?? ''}`}>
                    <dt>
                      <code>{rule.table}</code>
                    </dt>
                    <dd>
                      <span className="two-lines">
                        <span>
                          {daysWords(rule)}
                          {rule.setting !== undefined && (
                            <>
                              {' · '}
                              <code>{rule.setting}</code>
                            </>
                          )}
                        </span>
                        <small>{rule.reason}</small>
                      </span>
                    </dd>
                  </div>
                ))}
              </dl>
            </Card>
          ))}
        </div>
      )}
    </Loaded>
  );
}

function daysWords({ days }: RetentionRule): string {
  if (days === undefined) return t('system.retention.kept');
  return days === 0 ? t('system.retention.own') : t('system.retention.days', { count: days });
}

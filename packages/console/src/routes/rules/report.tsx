import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { decisionReport } from '../../api/policies.ts';
import { withins } from '../../api/within.ts';
import { Filters } from '../../parts/filters.tsx';
import { Card } from '../../parts/page.tsx';
import { Stat } from '../../parts/stat.tsx';
import { Loaded } from '../../parts/states.tsx';
import { number, t } from '../../words/words.ts';

const route = getRouteApi('/rules');

/** How decisions turned out. Each number leads to its operations. */
export function Report() {
  const { within = '7d', ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(decisionReport(within));
  return (
    <div className="stack">
      <p className="page-about">{t('rules.report.about')}</p>
      <Filters
        value={{ within }}
        onChange={(next) => void navigate({ search: { ...search, ...next }, replace: true })}
        fields={[
          {
            kind: 'choice',
            key: 'within',
            label: t('rules.report.since'),
            options: withins.map((value) => ({ value, label: t(`inbox.within.${value}`) })),
          },
        ]}
      />
      <Loaded query={query} lines={4}>
        {(report) => (
          <Card isFlush>
            <div className="figures">
              <Stat
                label={t('rules.report.accepted')}
                value={number(report.accepted)}
                link={{ to: '/operations', search: { decision: 'accept', within } }}
              />
              <Stat
                label={t('rules.report.refused')}
                value={number(report.refused)}
                link={{ to: '/operations', search: { decision: 'refuse', within } }}
              />
              <Stat
                label={t('rules.report.missed')}
                value={number(report.missedDeadline)}
                tone={report.missedDeadline > 0 ? 'bad' : 'quiet'}
                detail={t('rules.report.missed.detail')}
                link={{ to: '/operations', search: { isLate: true, within } }}
              />
              <Stat
                label={t('rules.report.silent')}
                value={number(report.silent)}
                tone={report.silent > 0 ? 'warn' : 'quiet'}
                detail={t('rules.report.silent.detail')}
                link={{ to: '/operations', search: { isSilent: true, within } }}
              />
              <Stat
                label={t('rules.report.overruled')}
                value={number(report.overruled)}
                tone={report.overruled > 0 ? 'bad' : 'quiet'}
                detail={t('rules.report.overruled.detail')}
                link={{ to: '/operations', search: { outcome: 'overruled', within } }}
              />
              <Stat
                label={t('rules.report.compensated')}
                value={number(report.compensated)}
                detail={t('rules.report.compensated.detail')}
              />
            </div>
            {report.accepted + report.refused === 0 && (
              <p className="muted card-note">{t('rules.report.empty')}</p>
            )}
          </Card>
        )}
      </Loaded>
    </div>
  );
}

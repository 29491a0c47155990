import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { usePaged } from '../../api/paged.ts';
import {
  alerts,
  deadLetterList,
  doctorRun,
  parkedTaskList,
  type FiringAlert,
} from '../../api/system.ts';
import { chosenPublisher } from '../../app/publisher.ts';
import { useMay, useSession } from '../../app/session.ts';
import { Severity, Status } from '../../parts/badge.tsx';
import { ButtonLink } from '../../parts/button.tsx';
import { IncidentLink } from '../../parts/incident-link.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts, Page, Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { Time } from '../../parts/time.tsx';
import { number, t } from '../../words/words.ts';
import { DeadLetters } from './dead-letters.tsx';
import { ParkedTasks } from './parked-tasks.tsx';
import { Retention } from './retention.tsx';

const route = getRouteApi('/health');

export function HealthPage() {
  const { tab = 'tasks' } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const isWhole = chosenPublisher() === undefined;
  const tasks = usePaged(parkedTaskList());
  return (
    <Page
      title={t('system.health')}
      about={t('system.health.about')}
      actions={
        <ButtonLink icon="stethoscope" to="/doctor">
          {t('system.doctor')}
        </ButtonLink>
      }
    >
      {isWhole && may('alerts:read') && <Services />}
      <div className="two-columns-even two-columns">
        <Backup />
        <Installation />
      </div>
      <Tabs
        label={t('system.health')}
        value={tab}
        onChange={(next) =>
          void navigate({ search: next === 'tasks' ? {} : { tab: next }, replace: true })
        }
        tabs={[
          {
            key: 'tasks',
            label: t('system.tasks'),
            count: tasks.rows.length || undefined,
            content: <ParkedTasks />,
          },
          ...(isWhole
            ? [{ key: 'letters' as const, label: t('system.letters'), content: <Letters /> }]
            : []),
          { key: 'retention', label: t('system.retention'), content: <Retention /> },
        ]}
      />
    </Page>
  );
}

function Letters() {
  const pages = usePaged(deadLetterList());
  return <DeadLetters pages={pages} />;
}

function Services() {
  const query = useQuery(alerts());
  return (
    <Loaded query={query} lines={6}>
      {({ firing, services }) => {
        const silent = services.filter(({ answers }) => !answers);
        return (
          <>
            {silent.map(({ service }) => (
              <Notice key={service} tone="bad" title={t('system.service.silent', { service })}>
                <p>{t('system.service.silent.next')}</p>
              </Notice>
            ))}
            {firing.map((alert) => (
              <Alert
                key={`${alert.alert} ${alert.service} ${JSON.stringify(alert.labels)}`}
                alert={alert}
              />
            ))}
            {firing.length + silent.length === 0 && (
              <Notice tone="good" title={t('system.alerts.none')}>
                <p>{t('system.alerts.none.text')}</p>
              </Notice>
            )}
            <Section title={t('system.services')}>
              <Card>
                <ul className="plain-list">
                  {services.map(({ service, answers }) => (
                    <li key={service}>
                      <code>{service}</code>
                      <Status tone={answers ? 'good' : 'bad'}>
                        {t(answers ? 'system.service.answers' : 'system.service.noAnswer')}
                      </Status>
                    </li>
                  ))}
                </ul>
              </Card>
            </Section>
          </>
        );
      }}
    </Loaded>
  );
}

function Alert({ alert }: { readonly alert: FiringAlert }) {
  const { severity, meaning, nextStep, service, since, value, unit, labels, incidentPage } = alert;
  const facts = Object.entries(labels).map(([name, text]) => `${name}: ${text}`);
  // A yes-no alert needs no number, and a count needs no unit.
  const amount = unit === 'count' ? number(value) : `${number(value)} ${unit}`;
  return (
    <Notice tone={severity === 'critical' ? 'bad' : 'warn'} title={meaning}>
      <p>
        <strong>{t('system.next')}</strong> {nextStep}{' '}
        <IncidentLink page={incidentPage} about={meaning} />
      </p>
      <p className="muted">
        <Severity level={severity} /> <code>{service}</code>
        {unit !== 'yes-no' && ` · ${amount}`}
        {facts.length > 0 && ` · ${facts.join(', ')}`} · {t('system.since')} <Time at={since} />
      </p>
    </Notice>
  );
}

/** The doctor knows when the last backup was reported. */
function Backup() {
  const query = useQuery(doctorRun(chosenPublisher()));
  const check = query.data?.checks.find((one) => one.check === 'backups.age');
  return (
    <Section title={t('system.backup')}>
      <Card>
        <Loaded query={query} lines={2}>
          {() =>
            check === undefined ? (
              <p className="muted">{t('system.backup.unknown')}</p>
            ) : (
              <div className="stack">
                <p>{check.finding}</p>
                {check.nextStep !== undefined && <p className="muted">{check.nextStep}</p>}
              </div>
            )
          }
        </Loaded>
      </Card>
    </Section>
  );
}

function Installation() {
  const { version, publicUrl } = useSession();
  return (
    <Section title={t('system.installation')}>
      <Card>
        <Facts
          items={[
            [t('system.version'), version],
            [t('system.address'), <code key="url">{publicUrl}</code>],
          ]}
        />
      </Card>
    </Section>
  );
}

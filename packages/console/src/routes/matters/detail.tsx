import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { matterOf, type MatterDetail } from '../../api/matters.ts';
import { useRefusal } from '../../app/session.ts';
import { Severity, Status } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Id } from '../../parts/id.tsx';
import { IncidentLink } from '../../parts/incident-link.tsx';
import { Menu } from '../../parts/menu.tsx';
import { Card, Facts, Page, Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { Timeline, TimelineRow } from '../../parts/timeline.tsx';
import { t } from '../../words/words.ts';
import type { WordKey } from '../../words/areas.ts';
import { MicrosoftsAnswer } from './answer.tsx';
import { CloseMatter } from './close-matter.tsx';
import { Due } from './due.tsx';
import { NextStep } from './next-step.tsx';
import { snoozeTimes } from './snooze.ts';
import './matters.css';

const route = getRouteApi('/matters/$matterId');

export function MatterPage() {
  const { matterId } = route.useParams();
  return (
    <Loaded query={useQuery(matterOf(matterId))}>{(matter) => <Matter matter={matter} />}</Loaded>
  );
}

function Matter({ matter }: { readonly matter: MatterDetail }) {
  const { title, cause, effect, nextStep, incidentPage, severity, state } = matter;
  return (
    <Page
      title={title}
      crumbs={[{ label: t('matters.title'), link: { to: '/matters' } }]}
      aside={
        state === 'open' ? (
          <Severity level={severity} />
        ) : (
          <Status tone="good">{t('matters.state.closed')}</Status>
        )
      }
      actions={<Actions matter={matter} />}
      isNarrow
    >
      <Card>
        <dl className="matter-story">
          <div>
            <dt>{t('matters.cause')}</dt>
            <dd>{cause}</dd>
          </div>
          {state === 'open' && <MicrosoftsAnswer matter={matter} />}
          <div>
            <dt>{t('matters.effect')}</dt>
            <dd>{effect}</dd>
          </div>
          <div>
            <dt>{t('matters.next')}</dt>
            <dd>
              {nextStep} {incidentPage !== undefined && <IncidentLink page={incidentPage} />}
              {state === 'open' && <NextStep matter={matter} />}
            </dd>
          </div>
        </dl>
      </Card>
      <Section title={t('matters.facts')}>
        <Card>
          <Facts items={factsOf(matter)} />
        </Card>
      </Section>
      <Section title={t('matters.history')}>
        <Timeline label={t('matters.history')}>
          {matter.history.map(({ at, event, by, reason }) => (
            <TimelineRow
              key={`${at} ${event}`}
              at={at}
              icon={event === 'closed' ? 'check' : 'flag'}
              tone={event === 'closed' ? 'good' : 'quiet'}
              title={t(eventWord(event))}
              by={by}
            >
              {reason === undefined ? null : <p>{reason}</p>}
            </TimelineRow>
          ))}
        </Timeline>
      </Section>
    </Page>
  );
}

const events = ['opened', 'changed', 'assigned', 'snoozed', 'closed', 'reopened'] as const;

function eventWord(event: string): WordKey {
  const known = events.find((one) => one === event);
  return known ? `matters.event.${known}` : 'matters.event.other';
}

function factsOf(matter: MatterDetail): readonly (readonly [string, React.ReactNode])[] {
  const { subscriptionId, subject, publisherId, assignedTo, snoozedUntil } = matter;
  return [
    [t('matters.due'), matter.state === 'open' ? <Due at={matter.dueAt} /> : undefined],
    [t('matters.since'), <Time key="since" at={matter.since} />],
    [
      t('matters.subscription'),
      subscriptionId === undefined ? undefined : (
        <Link to={`/subscriptions/${subscriptionId}` as '/'}>
          <code>{subscriptionId}</code>
        </Link>
      ),
    ],
    [
      t('matters.about.column'),
      subject.id === subscriptionId ? undefined : (
        <>
          {subject.type} <Id value={subject.id} />
        </>
      ),
    ],
    [t('matters.offer'), matter.offerId],
    [t('matters.publisher'), publisherId],
    [t('matters.assigned'), assignedTo && (assignedTo.name ?? assignedTo.objectId)],
    [t('matters.snoozedUntil'), snoozedUntil && <Time at={snoozedUntil} />],
    [t('matters.closes'), t(`matters.closes.${matter.closes}`)],
    [t('matters.kind'), <code key="kind">{matter.kind}</code>],
  ];
}

function Actions({ matter }: { readonly matter: MatterDetail }) {
  const [isClosing, setClosing] = useState(false);
  const matterId = matter.id;
  const assign = useCommand({
    run: api.matters.assign.mutate,
    changes: ['matters'],
    done: (_, { to }) => t(to === null ? 'matters.unassigned' : 'matters.assignedToYou'),
  });
  const snooze = useCommand({
    run: api.matters.snooze.mutate,
    changes: ['matters'],
    done: (_, { until }) => t(until === null ? 'matters.shownAgain' : 'matters.snoozed'),
  });
  const reopen = useCommand({
    run: api.matters.reopen.mutate,
    changes: ['matters'],
    done: () => t('matters.event.reopened'),
  });
  const refusal = useRefusal('matters:write');
  if (matter.state === 'closed') {
    if (matter.closedBy !== 'person') return null;
    return (
      <Button refusal={refusal} onPress={() => void reopen.start({ matterId })}>
        {t('matters.reopen')}
      </Button>
    );
  }
  return (
    <>
      {matter.assignedTo ? (
        <Button refusal={refusal} onPress={() => void assign.start({ matterId, to: null })}>
          {t('matters.giveBack')}
        </Button>
      ) : (
        <Button refusal={refusal} onPress={() => void assign.start({ matterId, to: 'me' })}>
          {t('matters.takeIt')}
        </Button>
      )}
      <Menu
        label={t('matters.snooze')}
        groups={[
          {
            entries: [
              ...snoozeTimes().map(({ id, label, until }) => ({
                id,
                label,
                run: () => void snooze.start({ matterId, until }),
                isDisabled: refusal !== undefined,
                detail: refusal,
              })),
              ...(matter.snoozedUntil === undefined
                ? []
                : [
                    {
                      id: 'now',
                      label: t('matters.snooze.end'),
                      run: () => void snooze.start({ matterId, until: null }),
                    },
                  ]),
            ],
          },
        ]}
      >
        <Button icon="clock">{t('matters.snooze')}</Button>
      </Menu>
      <Button refusal={refusal} onPress={() => setClosing(true)}>
        {t('matters.close')}
      </Button>
      <CloseMatter matter={matter} isOpen={isClosing} onClose={() => setClosing(false)} />
    </>
  );
}

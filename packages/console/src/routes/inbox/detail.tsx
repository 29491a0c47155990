import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { notificationOf, type Notification } from '../../api/notifications.ts';
import { publisherList } from '../../api/publishers.ts';
import { useMay, useRefusal } from '../../app/session.ts';
import { Status } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Id } from '../../parts/id.tsx';
import { Json, RawJson } from '../../parts/json.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts, Page, Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Steps, type Step } from '../../parts/steps.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time, useNow } from '../../parts/time.tsx';
import { Timeline, TimelineRow } from '../../parts/timeline.tsx';
import { t } from '../../words/words.ts';
import { actionWords, answerTones } from './reasons.ts';
import { ReplayOneDialog } from './replay.tsx';
import { verificationSteps } from './verification.tsx';
import { WorkerPart } from './worker-part.tsx';

const route = getRouteApi('/inbox/$notificationId');

export function NotificationPage() {
  const { notificationId } = route.useParams();
  const query = useQuery(notificationOf(notificationId));
  const [isReplaying, setReplaying] = useState(false);
  const refusal = useRefusal('notifications:write');
  const { data } = query;
  return (
    <Page
      title={data ? actionWords(data.action) : t('inbox.notification')}
      crumbs={[{ label: t('inbox.title'), link: { to: '/inbox' } }]}
      aside={
        data && (
          <Status tone={answerTones[data.verdict]}>{t(`inbox.answer.${data.verdict}`)}</Status>
        )
      }
      actions={
        <Button
          icon="refresh"
          onPress={() => setReplaying(true)}
          isDisabled={data?.subscriptionId === undefined}
          refusal={refusal}
        >
          {t('inbox.replay')}
        </Button>
      }
    >
      <Loaded query={query} lines={12}>
        {(notification) => <Whole notification={notification} />}
      </Loaded>
      <ReplayOneDialog
        notificationId={notificationId}
        isOpen={isReplaying}
        onClose={() => setReplaying(false)}
      />
    </Page>
  );
}

function Whole({ notification }: { readonly notification: Notification }) {
  const steps = useSteps(notification);
  return (
    <>
      {steps.filter(isFailed).map((step) => (
        <FailedStep key={step.key} step={step} />
      ))}
      <Card>
        <Facts items={factsOf(notification)} />
      </Card>
      <div className="two-columns">
        <div className="stack">
          <Verification steps={steps} />
          <Contents notification={notification} />
        </div>
        <div className="stack">
          <WorkerPart notification={notification} />
          <History notification={notification} />
        </div>
      </div>
    </>
  );
}

function factsOf({
  id,
  operationId,
  subscriptionId,
  receivedAt,
  deliveries,
  replays,
}: Notification) {
  return [
    [
      t('inbox.subscription'),
      subscriptionId === undefined ? (
        t('inbox.subscription.none')
      ) : (
        <SubscriptionLink id={subscriptionId} />
      ),
    ],
    [
      t('inbox.filter.operation'),
      operationId === undefined ? undefined : <Id value={operationId} />,
    ],
    [t('inbox.received'), <Time key="received" at={receivedAt} />],
    [t('inbox.deliveries'), t('inbox.deliveries.times', { count: deliveries })],
    [t('inbox.replays'), replays === 0 ? undefined : String(replays)],
    [t('inbox.notification'), <Id key="id" value={id} />],
  ] as const;
}

function isFailed({ tone }: Step): boolean {
  return tone === 'bad' || tone === 'warn';
}

/** What needs attention stands first, with its cause and the next step. */
function FailedStep({ step: { title, tone, facts = [], actions } }: { readonly step: Step }) {
  const said = facts.filter(
    ([name, value]) => value !== undefined && name !== t('inbox.detail.expected'),
  );
  return (
    <Notice tone={tone} title={title} actions={actions}>
      {said.map(([name, value]) => (
        <p key={name}>{value}</p>
      ))}
    </Notice>
  );
}

function useSteps(notification: Notification): readonly Step[] {
  const may = useMay();
  const now = useNow();
  const publishers = useQuery({ ...publisherList(), enabled: may('publishers:read') });
  const publisher =
    publishers.data?.find(({ publisherId }) => publisherId === notification.publisherId) ??
    (publishers.data?.length === 1 ? publishers.data[0] : undefined);
  return verificationSteps(notification, publisher, now);
}

function Verification({ steps }: { readonly steps: readonly Step[] }) {
  const failed = steps.filter(isFailed).length;
  return (
    <Section
      title={t('inbox.detail.steps')}
      about={
        failed === 0
          ? t('inbox.detail.steps.allPassed')
          : t('inbox.detail.steps.failed', { count: failed })
      }
    >
      <Card isFlush>
        <Steps label={t('inbox.detail.steps')} steps={steps} />
      </Card>
    </Section>
  );
}

function Contents({ notification }: { readonly notification: Notification }) {
  const { headers, body } = notification;
  return (
    <>
      <Json value={body} label={t('inbox.bodyJson')} />
      <Section title={t('inbox.headers')} about={t('inbox.headers.about')}>
        <Card>
          {headers === undefined || Object.keys(headers).length === 0 ? (
            <p className="muted">{t('inbox.headers.none')}</p>
          ) : (
            <Facts
              items={Object.entries(headers).map(
                ([name, value]) => [name, <code key={name}>{value}</code>] as const,
              )}
            />
          )}
        </Card>
      </Section>
      <RawJson value={notification} />
    </>
  );
}

function History({ notification }: { readonly notification: Notification }) {
  const { history, deliveries } = notification;
  const listed = history.filter(({ kind }) => kind === 'delivery').length;
  return (
    <Section title={t('inbox.history')}>
      <Card>
        <Timeline label={t('inbox.history')}>
          {history.map((entry) => (
            <TimelineRow
              key={`${entry.kind} ${entry.at}`}
              at={entry.at}
              icon={entry.kind === 'replay' ? 'refresh' : 'inbox'}
              tone={entry.kind === 'replay' ? 'notice' : toneOf(entry.answer)}
              title={
                entry.kind === 'replay'
                  ? t('inbox.history.replay', { who: entry.requestedBy ?? '–' })
                  : t('inbox.history.delivery')
              }
            >
              {entry.kind === 'delivery' && (
                <p className="muted">
                  {entry.answer === undefined
                    ? t('inbox.history.delivery.open')
                    : t('inbox.history.delivery.answer', { answer: String(entry.answer) })}
                </p>
              )}
            </TimelineRow>
          ))}
        </Timeline>
        {deliveries > listed && (
          <p className="muted">{t('inbox.history.more', { count: deliveries - listed })}</p>
        )}
      </Card>
    </Section>
  );
}

function toneOf(answer: number | undefined) {
  if (answer === undefined) return 'quiet';
  return answer === 200 ? 'good' : answer === 400 ? 'warn' : 'bad';
}

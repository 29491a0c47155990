import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { deliveryOf, type Delivery } from '../../api/deliveries.ts';
import { allDestinations, type Destination } from '../../api/destinations.ts';
import { useRefusal } from '../../app/session.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { Id } from '../../parts/id.tsx';
import { Json } from '../../parts/json.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts, Page, Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Time } from '../../parts/time.tsx';
import { Timeline, TimelineRow } from '../../parts/timeline.tsx';
import { hasWord, number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { DeliveryStatus, DestinationLink } from './table.tsx';

const route = getRouteApi('/deliveries/$deliveryId');

export function DeliveryPage() {
  const { deliveryId } = route.useParams();
  const query = useQuery(deliveryOf(deliveryId));
  const destinations = useQuery(allDestinations());
  const { data } = query;
  return (
    <Page
      title={data?.type ?? t('deliveries.delivery')}
      crumbs={[{ label: t('deliveries.title'), link: { to: '/deliveries' } }]}
      aside={data && <DeliveryStatus {...data} />}
      actions={data && <Resend delivery={data} />}
    >
      <Loaded query={query} lines={10}>
        {(delivery) => <Whole delivery={delivery} destinations={destinations.data ?? []} />}
      </Loaded>
    </Page>
  );
}

type Attempt = Delivery['history'][number];

function Whole({
  delivery,
  destinations,
}: {
  readonly delivery: Delivery;
  readonly destinations: readonly Destination[];
}) {
  const { id, eventId, destinationId, subscriptionId, recipient, event, message } = delivery;
  const { createdAt, deliveredAt, nextAttemptAt, state } = delivery;
  return (
    <>
      {state !== 'delivered' && (
        <Problem
          delivery={delivery}
          destination={destinations.find((one) => one.id === destinationId)}
        />
      )}
      <Card>
        <Facts
          items={[
            [
              t('deliveries.destination'),
              <DestinationLink
                key="to"
                destinationId={destinationId}
                destinations={destinations}
              />,
            ],
            [t('deliveries.recipient'), recipient],
            [
              t('deliveries.subscription'),
              subscriptionId === undefined ? undefined : <SubscriptionLink id={subscriptionId} />,
            ],
            [t('deliveries.created'), <Time key="created" at={createdAt} />],
            [
              t('deliveries.delivered'),
              deliveredAt === undefined ? undefined : <Time at={deliveredAt} />,
            ],
            [
              t('deliveries.next'),
              nextAttemptAt === undefined ? undefined : <Time at={nextAttemptAt} />,
            ],
            [t('deliveries.event'), <Id key="event" value={eventId} />],
            [t('deliveries.delivery'), <Id key="id" value={id} />],
          ]}
        />
      </Card>
      <div className="two-columns">
        <div className="stack">
          {message && (
            <Section
              title={t('deliveries.message')}
              about={t('deliveries.message.language', { language: message.language })}
            >
              <Card>
                <p>
                  <strong>{message.subject}</strong>
                </p>
                <pre className="message-text" lang={message.language}>
                  {message.text}
                </pre>
              </Card>
            </Section>
          )}
          <Section title={t('deliveries.payload')} about={t('deliveries.payload.about')}>
            <Json value={event} label={t('deliveries.event')} />
          </Section>
        </div>
        <Attempts delivery={delivery} />
      </div>
    </>
  );
}

/** The cause of the last failure and the next step, before everything else. */
function Problem({
  delivery,
  destination,
}: {
  readonly delivery: Delivery;
  readonly destination: Destination | undefined;
}) {
  const toDestination = destination && (
    <ButtonLink to="/destinations/$destinationId" params={{ destinationId: destination.id }}>
      {t('deliveries.problem.openDestination')}
    </ButtonLink>
  );
  if (destination?.state === 'disabled') {
    return (
      <Notice tone="warn" title={t('deliveries.problem.disabled')} actions={toDestination}>
        <p>{t('deliveries.problem.disabled.text')}</p>
      </Notice>
    );
  }
  const failure = delivery.history.findLast((attempt) => attempt.failure !== undefined)?.failure;
  if (failure === undefined) return null;
  const next = `deliveries.failure.${failure}.next`;
  return (
    <Notice
      tone={delivery.state === 'dead' ? 'bad' : 'warn'}
      title={wordFor('deliveries.failure', failure)}
      actions={toDestination}
    >
      {hasWord(next) && <p>{t(next)}</p>}
    </Notice>
  );
}

function Attempts({ delivery: { history } }: { readonly delivery: Delivery }) {
  return (
    <Section title={t('deliveries.history')}>
      <Card>
        {history.length === 0 ? (
          <p className="muted">
            {t('deliveries.history.none')} {t('deliveries.history.first')}
          </p>
        ) : (
          <Timeline label={t('deliveries.history')}>
            {history.toReversed().map((attempt) => (
              <AttemptRow key={attempt.at} attempt={attempt} />
            ))}
          </Timeline>
        )}
      </Card>
    </Section>
  );
}

function AttemptRow({ attempt }: { readonly attempt: Attempt }) {
  const { at, cause, requestedBy, status, failure, durationMs, answerCode } = attempt;
  const why =
    cause === 'schedule'
      ? t('deliveries.attempt.schedule')
      : requestedBy === undefined
        ? t('deliveries.attempt.resend.unknown')
        : t('deliveries.attempt.resend', { who: requestedBy });
  const answer =
    status === undefined
      ? t('deliveries.attempt.noAnswer')
      : t('deliveries.attempt.status', { status: String(status) });
  const duration = t('deliveries.attempt.duration', { ms: number(durationMs) });
  return (
    <TimelineRow
      at={at}
      icon={failure === undefined ? 'check' : 'close'}
      tone={failure === undefined ? 'good' : 'bad'}
      title={
        failure === undefined
          ? t('deliveries.attempt.success')
          : wordFor('deliveries.failure', failure)
      }
    >
      <p className="muted">{[answer, duration, why].join(' · ')}</p>
      {answerCode !== undefined && (
        <p className="muted">{t('deliveries.attempt.code', { code: answerCode })}</p>
      )}
    </TimelineRow>
  );
}

function Resend({ delivery: { id, state, channel } }: { readonly delivery: Delivery }) {
  const [isAsking, setAsking] = useState(false);
  const refusal = useRefusal('destinations:write');
  const resend = useCommand(
    {
      run: api.deliveries.resend.mutate,
      changes: ['deliveries'],
      done: () => t('deliveries.resend.done'),
    },
    'shown',
  );
  return (
    <>
      <Button look="primary" icon="send" onPress={() => setAsking(true)} refusal={refusal}>
        {t('deliveries.resend')}
      </Button>
      <CommandDialog
        title={t('deliveries.resend.title')}
        about={
          <>
            <p>{t('deliveries.resend.about')}</p>
            {state === 'delivered' && (
              <p>
                {channel === 'product'
                  ? t('deliveries.resend.delivered')
                  : t('deliveries.resend.people')}
              </p>
            )}
          </>
        }
        confirm={t('deliveries.resend')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        command={resend}
        input={() => ({ deliveryId: id })}
      />
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { languageNames } from '@landfall/words/language';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { deliveryList } from '../../api/deliveries.ts';
import { allDestinations, type Destination } from '../../api/destinations.ts';
import { usePaged } from '../../api/paged.ts';
import { useRefusal } from '../../app/session.ts';
import { Tag } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Id } from '../../parts/id.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts, Page, Section } from '../../parts/page.tsx';
import { EmptyState, Loaded } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { ago, t } from '../../words/words.ts';
import { DeliveryTable } from '../deliveries/table.tsx';
import { ReplayDialog } from '../deliveries/replay.tsx';
import { DestinationActions } from './actions.tsx';
import { EditDialog } from './edit.tsx';
import { matterKindWords } from './matter-kinds.ts';
import { Secrets } from './secret.tsx';
import { DestinationStatus, whereTo } from './state.tsx';
import { TestMessage } from './test-message.tsx';

const route = getRouteApi('/destinations/$destinationId');

export function DestinationPage() {
  const { destinationId } = route.useParams();
  const query = useQuery(allDestinations());
  const destination = query.data?.find(({ id }) => id === destinationId);
  const [isEditing, setEditing] = useState(false);
  const refusal = useRefusal('destinations:write');
  return (
    <Page
      title={destination?.label ?? t('destinations.title')}
      crumbs={[{ label: t('destinations.title'), link: { to: '/destinations' } }]}
      aside={
        destination && (
          <>
            <DestinationStatus destination={destination} />
            <Tag>{t(`destinations.channel.${destination.channel}`)}</Tag>
          </>
        )
      }
      actions={
        destination && (
          <>
            <Button onPress={() => setEditing(true)} refusal={refusal}>
              {t('destinations.edit')}
            </Button>
            <DestinationActions destination={destination} isPage />
          </>
        )
      }
    >
      <Loaded query={query} lines={10}>
        {() =>
          destination ? (
            <Whole destination={destination} />
          ) : (
            <EmptyState icon="target" title={t('destinations.gone')} text={t('parts.error.gone')} />
          )
        }
      </Loaded>
      {isEditing && destination && (
        <EditDialog destination={destination} onClose={() => setEditing(false)} />
      )}
    </Page>
  );
}

function Whole({ destination }: { readonly destination: Destination }) {
  const { id, channel } = destination;
  return (
    <>
      <Trouble destination={destination} />
      <Waiting destination={destination} />
      <Card>
        <TestMessage destinationId={id} />
      </Card>
      <Section title={t('destinations.settings')}>
        <Card>
          <Settings destination={destination} />
        </Card>
      </Section>
      {channel === 'product' && <Secrets destination={destination} />}
      <Section
        title={t('destinations.deliveries')}
        actions={
          <ButtonLink look="quiet" to="/deliveries" search={{ destinationId: id }}>
            {t('destinations.deliveries.all')}
          </ButtonLink>
        }
      >
        <DeliveryTable
          name="destination-deliveries"
          filter={{ destinationId: id }}
          isOfOne
          empty={
            <EmptyState
              icon="send"
              title={t('destinations.deliveries.empty.title')}
              text={t('destinations.deliveries.empty.text')}
            />
          }
        />
      </Section>
      <RawJson value={destination} />
    </>
  );
}

const reasons = ['operator', 'gone', 'failing'] as const;

/** Why nothing arrives, and what to do. */
function Trouble({ destination }: { readonly destination: Destination }) {
  const { state, disabledBecause, failingSince } = destination;
  if (state === 'disabled') {
    const reason = reasons.find((one) => one === disabledBecause) ?? 'other';
    return (
      <Notice
        tone={reason === 'operator' ? 'notice' : 'bad'}
        title={t(`destinations.off.${reason}.title`)}
      >
        <p>{t(`destinations.off.${reason}.text`)}</p>
      </Notice>
    );
  }
  if (failingSince === undefined) return null;
  return (
    <Notice tone="bad" title={t('destinations.failing.title')}>
      <p>{t('destinations.failing.text', { since: ago(failingSince) })}</p>
    </Notice>
  );
}

/** What waits and what was given up, with the button that sends it. */
function Waiting({ destination: { id, label } }: { readonly destination: Destination }) {
  const waiting = usePaged(deliveryList({ destinationId: id, state: 'waiting' }));
  const dead = usePaged(deliveryList({ destinationId: id, state: 'dead' }));
  const [isReplaying, setReplaying] = useState(false);
  const refusal = useRefusal('destinations:write');
  const count = (pages: typeof waiting) => `${pages.rows.length}${pages.hasMore ? '+' : ''}`;
  const waitingFor = waiting.rows.at(-1)?.createdAt;
  if (waiting.rows.length + dead.rows.length === 0) return null;
  return (
    <Notice
      tone={dead.rows.length > 0 ? 'bad' : 'warn'}
      title={t('destinations.waits.title', { waiting: count(waiting), dead: count(dead) })}
      actions={
        <>
          {dead.rows.length > 0 && (
            <ButtonLink to="/deliveries" search={{ destinationId: id, state: 'dead' }}>
              {t('destinations.waits.dead')}
            </ButtonLink>
          )}
          <Button onPress={() => setReplaying(true)} refusal={refusal}>
            {t('destinations.replay')}
          </Button>
        </>
      }
    >
      {waitingFor !== undefined && (
        <p>{t('destinations.waits.oldest', { ago: ago(waitingFor) })}</p>
      )}
      {isReplaying && (
        <ReplayDialog
          destinationId={id}
          destinations={[{ id, label }]}
          onClose={() => setReplaying(false)}
        />
      )}
    </Notice>
  );
}

function Settings({ destination }: { readonly destination: Destination }) {
  const { channel, recipients, types, offerIds, isOrdered, publisherId, createdAt } = destination;
  const isProduct = channel === 'product';
  return (
    <Facts
      items={[
        channel === 'mail'
          ? [t('destinations.field.to'), recipients.join(', ')]
          : [t('destinations.url'), <code key="url">{whereTo(destination)}</code>],
        [
          t('destinations.types'),
          types.length > 0
            ? types.join(', ')
            : t(isProduct ? 'destinations.types.all' : 'destinations.types.none'),
        ],
        ...noticeFacts(destination),
        [
          t('destinations.field.offers'),
          offerIds.length === 0 ? t('destinations.types.all') : offerIds.join(', '),
        ],
        [
          t('destinations.field.ordered'),
          isProduct ? t(isOrdered ? 'parts.yes' : 'parts.no') : undefined,
        ],
        [t('destinations.publisher'), publisherId],
        [t('destinations.created'), <Time key="created" at={createdAt} />],
        ['ID', <Id key="id" value={destination.id} />],
      ]}
    />
  );
}

/** What people are notified of, and when; nothing for a product. */
function noticeFacts(destination: Destination): (readonly [string, string | undefined])[] {
  const { channel, matterKinds, severities, digest, digestHour, quietHours } = destination;
  if (channel === 'product' || channel === 'customer-mail') return [];
  const hour = `${String(digestHour).padStart(2, '0')}:00`;
  return [
    [
      t('destinations.matters'),
      matterKinds === 'all'
        ? t('destinations.matters.all')
        : matterKinds.map(matterKindWords).join(', ') || t('destinations.matters.none'),
    ],
    [
      t('destinations.field.severities'),
      severities.length === 0
        ? t('destinations.field.severities.all')
        : severities.map((level) => t(`parts.severity.${level}`)).join(', '),
    ],
    [t('destinations.field.language'), languageNames[destination.language]],
    [
      t('destinations.field.digest'),
      digest === 'daily'
        ? `${t('destinations.field.digest.daily')}, ${hour}`
        : t(`destinations.field.digest.${digest}`),
    ],
    [t('destinations.field.timeZone'), destination.timeZone],
    [
      t('destinations.field.quiet'),
      quietHours === null ? undefined : `${quietHours.from} – ${quietHours.to}`,
    ],
  ];
}

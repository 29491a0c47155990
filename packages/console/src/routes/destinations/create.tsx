import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { channelList, type Destination } from '../../api/destinations.ts';
import { problemOf } from '../../api/errors.ts';
import { Tag } from '../../parts/badge.tsx';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Icon, type IconName } from '../../parts/icon.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Page, Section } from '../../parts/page.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { language, t } from '../../words/words.ts';
import { newDraft, settingsOf, type FormChannel } from './draft.ts';
import { DestinationFields } from './fields.tsx';
import { SecretOnce } from './secret.tsx';
import { TestMessage } from './test-message.tsx';

const route = getRouteApi('/destinations/new');

const channels = ['product', 'teams', 'slack', 'mail'] as const;

const icons: Readonly<Record<FormChannel, IconName>> = {
  product: 'send',
  teams: 'people',
  slack: 'flag',
  mail: 'mail',
};

interface Created {
  readonly destination: Destination;
  readonly secret: string;
  readonly warnings?: readonly string[] | undefined;
}

/** Three steps: the channel, its settings beside what to prepare, and the secret with a test. */
export function CreateDestinationPage() {
  const { channel } = route.useSearch();
  const [created, setCreated] = useState<Created>();
  return (
    <Page
      title={
        created
          ? t('destinations.create.done.title', { label: created.destination.label })
          : t('destinations.create.title')
      }
      crumbs={[{ label: t('destinations.title'), link: { to: '/destinations' } }]}
    >
      {created ? (
        <Done created={created} />
      ) : channel === undefined ? (
        <ChooseChannel />
      ) : (
        <Settings key={channel} channel={channel} onCreated={setCreated} />
      )}
    </Page>
  );
}

function ChooseChannel() {
  const { data } = useQuery(channelList());
  return (
    <Section title={t('destinations.create.choose')}>
      <div className="choice-cards">
        {channels.map((channel) => {
          const isReady = data?.find((one) => one.channel === channel)?.isReady ?? true;
          return (
            <Link key={channel} to="/destinations/new" search={{ channel }} className="choice-card">
              <Icon name={icons[channel]} size={20} />
              <strong>{t(`destinations.channel.${channel}`)}</strong>
              <span className="muted">{t(`destinations.channel.${channel}.about`)}</span>
              {!isReady && <Tag tone="warn">{t('destinations.channel.notReady')}</Tag>}
            </Link>
          );
        })}
      </div>
    </Section>
  );
}

function Settings({
  channel,
  onCreated,
}: {
  readonly channel: FormChannel;
  readonly onCreated: (created: Created) => void;
}) {
  const [draft, setDraft] = useState(() => newDraft(channel, language));
  const create = useCommand(
    {
      run: api.destinations.create.mutate,
      changes: ['destinations'],
      done: ({ destination: { label } }) => t('destinations.create.created', { label }),
    },
    'shown',
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { label = '', ...settings } = settingsOf(draft, channel);
    const created = await create.start({ channel, label, ...settings });
    if (created) onCreated(created);
  };
  const issues = create.error === undefined ? [] : problemOf(create.error).issues;
  return (
    <div className="two-columns two-columns-form">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <Card>
          <div className="stack">
            <DestinationFields
              channel={channel}
              draft={draft}
              onChange={setDraft}
              errors={Object.fromEntries(issues.map(({ path, message }) => [path, message]))}
            />
            {create.error !== undefined && <ErrorState error={create.error} />}
          </div>
        </Card>
        <div className="row">
          <Button type="submit" look="primary" isPending={create.isRunning}>
            {t('destinations.create.create')}
          </Button>
          <ButtonLink look="quiet" to="/destinations/new">
            {t('destinations.create.back')}
          </ButtonLink>
        </div>
      </form>
      <Prepare channel={channel} />
    </div>
  );
}

function Prepare({ channel }: { readonly channel: FormChannel }) {
  const { data } = useQuery(channelList());
  const found = data?.find((one) => one.channel === channel);
  const from = found?.from ?? 'MAIL_FROM';
  return (
    <Section title={t('destinations.create.prepare')}>
      {found?.isReady === false && (
        <Notice tone="warn" title={t('destinations.channel.notReady')}>
          <p>{found.nextStep}</p>
        </Notice>
      )}
      <Card>
        <ol className="numbered">
          {([1, 2, 3] as const).map((step) => (
            <li key={step}>{t(`destinations.prepare.${channel}.${step}`, { from })}</li>
          ))}
        </ol>
      </Card>
    </Section>
  );
}

function Done({ created: { destination, secret, warnings } }: { readonly created: Created }) {
  return (
    <div className="stack">
      {secret !== '' && <SecretOnce secret={secret} />}
      {warnings?.map((warning) => (
        <Notice key={warning} tone="warn" title={t('destinations.warning')}>
          <p>{warning}</p>
        </Notice>
      ))}
      <Card>
        <div className="stack">
          <p>{t('destinations.create.done.next')}</p>
          <TestMessage destinationId={destination.id} isPrimary />
          <div className="row">
            <ButtonLink
              to="/destinations/$destinationId"
              params={{ destinationId: destination.id }}
            >
              {t('destinations.create.done.open')}
            </ButtonLink>
          </div>
        </div>
      </Card>
    </div>
  );
}

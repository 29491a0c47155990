import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { subscriptionOf, type Subscription } from '../../api/subscriptions.ts';
import { useMay } from '../../app/session.ts';
import { usePageActions } from '../../app/page-actions.ts';
import { RawJson } from '../../parts/json.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { HeaderActions, useActions, type Ask } from './actions.tsx';
import { ActivityPart } from './activity.tsx';
import { Dialogs } from './dialogs.tsx';
import { NotesPart } from './notes.tsx';
import { Now } from './now.tsx';
import { RecordPart } from './record.tsx';
import { Marks, SubscriptionStatus } from './standing.tsx';
import { TruthsPart } from './truths.tsx';
import './subscriptions.css';

const route = getRouteApi('/subscriptions/$subscriptionId');

export function SubscriptionPage() {
  const { subscriptionId } = route.useParams();
  const query = useQuery(subscriptionOf(subscriptionId));
  const [asking, ask] = useState<Ask>();
  const { data } = query;
  return (
    <Page
      title={data?.name || t('subscriptions.subscription')}
      crumbs={[{ label: t('subscriptions.title'), link: { to: '/subscriptions' } }]}
      aside={
        data && (
          <span className="row">
            <SubscriptionStatus subscription={data} />
            <Marks subscription={data} />
          </span>
        )
      }
      actions={data && <HeaderActions subscription={data} ask={ask} />}
    >
      <Loaded query={query} lines={14}>
        {(subscription) => (
          <>
            <Whole key={subscriptionId} subscription={subscription} ask={ask} />
            <Dialogs subscription={subscription} asking={asking} onClose={() => ask(undefined)} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Whole({
  subscription,
  ask,
}: {
  readonly subscription: Subscription;
  readonly ask: (what: Ask) => void;
}) {
  const may = useMay();
  const actions = useActions(subscription, may);
  usePageActions(
    actions
      .filter(({ refusal }) => refusal === undefined)
      .map(({ what, label, icon }) => ({ label, icon, run: () => ask(what) })),
  );
  return (
    <>
      <Now subscription={subscription} ask={ask} />
      <TruthsPart subscription={subscription} />
      <div className="two-columns">
        <ActivityPart subscriptionId={subscription.id} />
        <div className="stack">
          <RecordPart subscription={subscription} />
          <NotesPart subscriptionId={subscription.id} />
          <RawJson value={subscription} />
        </div>
      </div>
    </>
  );
}

import type { ReactNode } from 'react';
import type { Subscription } from '../../api/subscriptions.ts';
import { Id } from '../../parts/id.tsx';
import { Card, Facts, Section } from '../../parts/page.tsx';
import { exactTime, Time } from '../../parts/time.tsx';
import { day, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { seatsOf, termWord } from './standing.tsx';

type Person = Subscription['beneficiary'];

/** The subscription in names and values, with the customer. */
export function RecordPart({ subscription }: { readonly subscription: Subscription }) {
  const { beneficiary, purchaser, claimedBy, term, answers = {}, sourceOffers } = subscription;
  return (
    <Section title={t('subscriptions.record')}>
      <Card>
        <Facts
          items={[
            [t('subscriptions.plan'), subscription.planId],
            [t('subscriptions.offer'), subscription.offerId],
            [t('subscriptions.seats'), seatsOf(subscription)],
            [termWord(subscription), dated(term.endDate)],
            [t('subscriptions.term.start'), dated(term.startDate)],
            [t('subscriptions.term.length'), wordForTerm(term.termUnit)],
            [
              t('subscriptions.pending'),
              subscription.pendingChange &&
                t(`subscriptions.change.${subscription.pendingChange.kind}`),
            ],
            [
              t('subscriptions.activation'),
              wordFor('subscriptions.activation', subscription.activation.state),
            ],
            [t('subscriptions.beneficiary'), person(beneficiary)],
            [
              t('subscriptions.purchaser'),
              purchaser.objectId === beneficiary.objectId ? undefined : person(purchaser),
            ],
            [
              t('subscriptions.claimedBy'),
              claimedBy && claimedBy.objectId !== beneficiary.objectId
                ? person(claimedBy)
                : undefined,
            ],
            [
              t('subscriptions.privateOffers'),
              sourceOffers?.length ? sourceOffers.join(', ') : undefined,
            ],
            [t('subscriptions.bought'), <Time key="bought" at={subscription.createdAt} />],
            [t('subscriptions.publisher'), subscription.publisherId],
            [t('subscriptions.id'), <Id key="id" value={subscription.id} />],
            [
              t('subscriptions.tenant'),
              beneficiary.tenantId && <Id value={beneficiary.tenantId} />,
            ],
            ...Object.entries(answers).map(([question, answer]) => [question, answer] as const),
          ]}
        />
        {subscription.approval && <Approval approval={subscription.approval} />}
      </Card>
    </Section>
  );
}

function Approval({ approval }: { readonly approval: NonNullable<Subscription['approval']> }) {
  const { state, decidedAt, decidedBy, reason, messageToBuyer } = approval;
  return (
    <Facts
      items={[
        [t('subscriptions.approval'), t(`subscriptions.approval.${state}`)],
        [
          t('subscriptions.approval.at'),
          decidedAt === undefined ? undefined : <Time at={decidedAt} />,
        ],
        [t('subscriptions.approval.by'), decidedBy],
        [t('parts.reason'), reason],
        [t('subscriptions.decline.message'), messageToBuyer],
      ]}
    />
  );
}

function person({ emailId, objectId }: Person): ReactNode {
  if (emailId !== undefined) return emailId;
  return objectId === undefined ? t('parts.unknown') : <Id value={objectId} />;
}

function dated(at: string | undefined): ReactNode {
  if (at === undefined) return undefined;
  return (
    <span data-hint={exactTime(new Date(at))}>
      {day(at)}{' '}
      <span className="muted">
        (<Time at={at} />)
      </span>
    </span>
  );
}

/** `P1M` and the like, in words; another duration stands for itself. */
function wordForTerm(unit: string | undefined): string | undefined {
  const parts = unit === undefined ? undefined : /^P(\d+)([MY])$/.exec(unit);
  if (!parts) return unit;
  const [, count = '', letter] = parts;
  return t(letter === 'M' ? 'subscriptions.term.months' : 'subscriptions.term.years', {
    count: Number(count),
  });
}

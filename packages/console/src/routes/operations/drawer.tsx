import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Operation } from '../../api/operations.ts';
import { Drawer } from '../../parts/drawer.tsx';
import { Id } from '../../parts/id.tsx';
import { RawJson } from '../../parts/json.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { SubscriptionLink } from '../../parts/subscription-link.tsx';
import { Timeline, TimelineRow } from '../../parts/timeline.tsx';
import { number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { reasonWords, ruleOf } from '../inbox/reasons.ts';
import { DecisionStatus, OutcomeStatus, TimeUsed, usedMs, valuesOf } from './values.tsx';

export function OperationDrawer({
  operation,
  isOpen,
  onClose,
}: {
  /** Undefined: the link names one that the list does not hold. */
  readonly operation: Operation | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      title={operation ? wordFor('inbox.action', operation.action) : t('operations.operation')}
      aside={operation && <OutcomeStatus operation={operation} />}
      isOpen={isOpen}
      onClose={onClose}
    >
      {operation ? <Whole operation={operation} /> : <p>{t('operations.drawer.gone')}</p>}
    </Drawer>
  );
}

function Whole({ operation }: { readonly operation: Operation }) {
  const { operationId, subscriptionId, decision, reason, origin, compensatedBy } = operation;
  const rule = operation.ruleId ?? ruleOf(reason);
  const used = usedMs(operation);
  return (
    <>
      {operation.outcome === 'overruled' && (
        <Notice tone="bad" title={t('operations.drawer.overruled')}>
          <p>
            {compensatedBy === undefined
              ? t('operations.drawer.overruled.text')
              : t('operations.drawer.compensated', { id: compensatedBy })}
          </p>
        </Notice>
      )}
      {operation.isInTime === false && (
        <Notice tone="bad" title={t('operations.drawer.late')}>
          {used !== undefined && <p>{t('operations.drawer.late.text', { ms: number(used) })}</p>}
        </Notice>
      )}
      <Facts
        items={[
          [
            t('operations.drawer.effect'),
            valuesOf(operation) ?? t('operations.drawer.effect.none'),
          ],
          [t('operations.decision'), <DecisionStatus key="decision" decision={decision} />],
          [
            t('operations.decidedBy'),
            reason === undefined ? undefined : rule === undefined ? (
              reasonWords(reason)
            ) : (
              <Link to="/rules" search={{ rule }}>
                {reasonWords(reason)}
              </Link>
            ),
          ],
          [
            t('operations.deadline'),
            used === undefined ? undefined : <TimeUsed operation={operation} />,
          ],
          [t('operations.origin'), origin && t(`operations.origin.${origin}`)],
          [t('operations.subscription'), <SubscriptionLink key="of" id={subscriptionId} />],
          [t('operations.operation'), <Id key="id" value={operationId} />],
        ]}
      />
      <Section title={t('operations.drawer.customer')}>{customerSaw(operation)}</Section>
      <Section title={t('operations.drawer.steps')}>
        <History operation={operation} />
      </Section>
      <div className="row">
        <Link to="/inbox" search={{ operationId }} className="button button-plain">
          {t('operations.drawer.notification')}
        </Link>
      </div>
      <RawJson value={operation} />
    </>
  );
}

function customerSaw({ decision, outcome, message }: Operation): ReactNode {
  if (decision === undefined) return <p>{t('operations.drawer.customer.fact')}</p>;
  if (decision === 'accept') {
    return (
      <p>
        {outcome === undefined
          ? t('operations.drawer.customer.open')
          : t('operations.drawer.customer.accepted')}
      </p>
    );
  }
  const texts = Object.entries(message ?? {});
  return (
    <div className="stack">
      {outcome === 'overruled' && <p>{t('operations.drawer.customer.overruled')}</p>}
      {texts.length === 0 ? (
        <p>{t('operations.drawer.customer.noMessage')}</p>
      ) : (
        <>
          <p className="muted">{t('operations.drawer.customer.message')}</p>
          {texts.map(([language, text]) => (
            <blockquote key={language} className="quote" lang={language}>
              <span className="muted">{language}</span> {text}
            </blockquote>
          ))}
        </>
      )}
    </div>
  );
}

function History({ operation }: { readonly operation: Operation }) {
  const { createdAt, decidedAt, answeredAt, settledAt, decision, outcome } = operation;
  return (
    <Timeline label={t('operations.drawer.steps')}>
      <TimelineRow at={createdAt} icon="inbox" title={t('operations.drawer.noticed')} />
      {decidedAt !== undefined && (
        <TimelineRow
          at={decidedAt}
          icon="sliders"
          tone={decision === 'refuse' ? 'warn' : 'good'}
          title={t('operations.drawer.decided')}
        />
      )}
      {answeredAt !== undefined && (
        <TimelineRow at={answeredAt} icon="send" title={t('operations.drawer.answered')} />
      )}
      {settledAt !== undefined && (
        <TimelineRow
          at={settledAt}
          icon="check"
          tone={outcome === 'overruled' || outcome === 'failed' ? 'bad' : 'good'}
          title={t('operations.drawer.settled')}
        />
      )}
    </Timeline>
  );
}

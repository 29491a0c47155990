import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Notification } from '../../api/notifications.ts';
import type { Publisher } from '../../api/publishers.ts';
import type { Tone } from '../../parts/badge.tsx';
import type { Step } from '../../parts/steps.tsx';
import { Time } from '../../parts/time.tsx';
import { number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';
import { MARKETPLACE, audiencesOf, issuersOf } from './expected.ts';
import { reasonWords, ruleOf } from './reasons.ts';

interface Shown {
  readonly seen?: ReactNode;
  readonly expected?: ReactNode;
  readonly why?: ReactNode;
  readonly next?: ReactNode;
  readonly actions?: ReactNode;
}

function step(key: string, title: string, tone: Tone, shown: Shown = {}): Step {
  return {
    key,
    title,
    tone,
    facts: [
      [t('inbox.detail.seen'), shown.seen],
      [t('inbox.detail.expected'), shown.expected],
      [t('inbox.detail.why'), shown.why],
      [t('inbox.detail.next'), shown.next],
    ],
    actions: shown.actions,
  };
}

/** Each step between Microsoft's call and the worker, in the order in which they were taken. */
export function verificationSteps(
  notification: Notification,
  publisher: Publisher | undefined,
  now: Date,
): readonly Step[] {
  return [
    arrived(notification),
    ...tokenSteps(notification, publisher),
    body(notification),
    owner(notification),
    decision(notification),
    answer(notification),
    handedOn(notification, now),
  ];
}

function arrived({ receivedAt, headers }: Notification): Step {
  const network = headers?.['x-forwarded-for'] ?? t('inbox.step.arrived.network');
  return step('arrived', t('inbox.step.arrived'), 'good', {
    seen: (
      <>
        {t('inbox.step.arrived.seen', { network })} · <Time at={receivedAt} />
      </>
    ),
  });
}

/** Only calls that passed all of them are stored; a call that did not is among the refused callers. */
function tokenSteps(
  { verification }: Notification,
  publisher: Publisher | undefined,
): readonly Step[] {
  const found = (check: NonNullable<Notification['verification']>[number]['check']) =>
    verification?.find((one) => one.check === check)?.found;
  const values = (expected: readonly string[] | undefined) =>
    expected?.map((value) => (
      <code key={value} className="block">
        {value}
      </code>
    ));
  const seen = (check: Parameters<typeof found>[0]) => {
    const value = found(check);
    return value === undefined ? t('inbox.step.unknown') : <code>{value}</code>;
  };
  const key = found('signature');
  const version = found('version');
  return [
    step('token', t('inbox.step.token'), 'good', {
      seen:
        version === undefined ? t('inbox.step.unknown') : t('inbox.step.token.seen', { version }),
      expected: t('inbox.step.token.expected'),
    }),
    step('signature', t('inbox.step.signature'), 'good', {
      seen: key === undefined ? t('inbox.step.unknown') : t('inbox.step.signature.seen', { key }),
      expected: t('inbox.step.signature.expected'),
    }),
    step('issuer', t('inbox.step.issuer'), 'good', {
      seen: seen('issuer'),
      expected: values(publisher && issuersOf(publisher)),
    }),
    step('audience', t('inbox.step.audience'), 'good', {
      seen: seen('audience'),
      expected: values(publisher && audiencesOf(publisher)),
    }),
    step('tenant', t('inbox.step.tenant'), 'good', {
      seen: seen('tenant'),
      expected: values(publisher && [publisher.tenantId]),
    }),
    step('caller', t('inbox.step.caller'), 'good', {
      seen: seen('caller'),
      expected: values([MARKETPLACE]),
    }),
    step('time', t('inbox.step.time'), 'good', {
      seen: t('inbox.step.time.seen'),
      expected: t('inbox.step.time.expected'),
    }),
  ];
}

function body({ problems }: Notification): Step {
  const title = t('inbox.step.body');
  if (problems.length === 0) {
    return step('body', title, 'good', {
      seen: t('inbox.step.body.seen'),
      expected: t('inbox.step.body.expected'),
    });
  }
  return step('body', title, 'warn', {
    seen: problems.map((problem) => wordFor('inbox.problem', problem)).join(' · '),
    expected: t('inbox.step.body.expected'),
    why: t('inbox.step.body.why'),
    next: t('inbox.step.body.next'),
  });
}

function owner({ publisherId }: Notification): Step {
  return step('publisher', t('inbox.step.publisher'), 'good', {
    seen: publisherId === undefined ? t('inbox.step.publisher.only') : <code>{publisherId}</code>,
    expected: t('inbox.step.publisher.expected'),
  });
}

function decision({ decision: made, verdict, reason }: Notification): Step {
  const title = t('inbox.step.decision');
  const expected = t('inbox.step.decision.expected');
  if (!made && verdict !== 'undecided') {
    return step('decision', title, 'quiet', { seen: t('inbox.step.decision.none') });
  }
  const isUnreadable = reason === 'unreadable';
  if (made?.answeredAt !== undefined && (verdict !== 'undecided' || isUnreadable)) {
    const ms = Date.parse(made.answeredAt) - Date.parse(made.askedAt);
    const shown = { seen: t('inbox.step.decision.seen', { ms: number(ms) }), expected };
    if (verdict !== 'undecided') return step('decision', title, 'good', shown);
    return step('decision', title, 'bad', {
      ...shown,
      why: t('inbox.step.decision.unreadable.why'),
      next: t('inbox.step.decision.unreadable.next'),
    });
  }
  return step('decision', title, 'bad', {
    seen: t('inbox.step.decision.pending'),
    expected,
    why: t('inbox.step.decision.late.why', { reason: reason ?? '–' }),
    next: t('inbox.step.decision.late.next'),
  });
}

function answer({ verdict, reason, decision: made }: Notification): Step {
  const title = t('inbox.step.answer');
  const expected = t('inbox.step.answer.expected');
  if (verdict === 'accepted') {
    const seen = made ? t('inbox.step.answer.accepted') : t('inbox.step.answer.accepted.fact');
    return step('answer', title, 'good', { seen, expected });
  }
  if (verdict === 'undecided') {
    return step('answer', title, 'bad', { seen: t('inbox.step.answer.undecided'), expected });
  }
  const rule = ruleOf(reason);
  return step('answer', title, 'warn', {
    seen: t('inbox.step.answer.refused'),
    expected,
    why: t('inbox.step.answer.refused.why', { reason: reasonWords(reason ?? '–') }),
    next: t('inbox.step.answer.refused.next'),
    actions: (
      <Link
        to="/rules"
        search={rule === undefined ? {} : { rule }}
        className="button button-plain button-small"
      >
        {t('inbox.step.answer.rule')}
      </Link>
    ),
  });
}

/** Handing on takes milliseconds; a notification that waits for longer waits for NATS. */
const SOON_MS = 10_000;

function handedOn(notification: Notification, now: Date): Step {
  const { publishedAt, receivedAt, subscriptionId } = notification;
  const title = t('inbox.step.handedOn');
  const expected = t('inbox.step.handedOn.expected');
  if (publishedAt !== undefined) {
    const ms = number(Math.max(0, Date.parse(publishedAt) - Date.parse(receivedAt)));
    return step('handedOn', title, 'good', {
      seen: t('inbox.step.handedOn.seen', { ms }),
      expected,
    });
  }
  if (subscriptionId === undefined) {
    return step('handedOn', title, 'warn', { why: t('inbox.step.handedOn.why.unreadable') });
  }
  const isLate = now.getTime() - Date.parse(receivedAt) > SOON_MS;
  return step('handedOn', title, isLate ? 'bad' : 'quiet', {
    seen: t('inbox.handedOn.waiting'),
    expected,
    ...(isLate ? { why: t('inbox.step.handedOn.why'), next: t('inbox.step.handedOn.next') } : {}),
  });
}

import type { Activity } from '../../api/subscriptions.ts';
import { day, number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';

/** What happened, in a few words. */
export function titleOf({ source, kind, id, details }: Activity): string {
  switch (source) {
    case 'timeline':
    case 'note':
      return wordFor('subscriptions.event', kind);
    case 'notification':
    case 'operation':
    case 'decision':
      return t(`subscriptions.activity.${source}`, { what: wordFor('inbox.action', kind) });
    case 'call':
      return wordFor('subscriptions.call', kind);
    case 'landing':
      return wordFor('subscriptions.landing', kind);
    case 'usage':
      return t('subscriptions.activity.usage', { what: day(id.replace(/^usage:/, '')) });
    case 'matter':
      return typeof details?.['title'] === 'string' ? details['title'] : kind;
    case 'delivery':
    case 'mail':
    case 'audit':
      return t(`subscriptions.activity.${source}`, { what: kind });
    default:
      return source satisfies never;
  }
}

/** The facts of a row that a reader looks for first. */
export function factsOf({ source, details = {}, isProblem }: Activity): readonly string[] {
  const text = (name: string) => {
    const value = details[name];
    return typeof value === 'string' || typeof value === 'number' ? value : undefined;
  };
  const [from, to] = [valueOf(details['from']), valueOf(details['to'])];
  const [status, ms, attempt] = [text('status'), text('durationMs'), text('attempt')];
  const [failure, reason, requestId] = [text('failure'), text('reason'), text('requestId')];
  const [attempts, times] = [text('attempts'), text('times')];
  return [
    to === undefined
      ? undefined
      : from === undefined
        ? to
        : t('subscriptions.activity.change', { from, to }),
    failure === undefined ? undefined : wordFor('subscriptions.failure', String(failure)),
    reason === undefined ? undefined : String(reason),
    status === undefined || source !== 'call' ? undefined : `HTTP ${status}`,
    typeof ms === 'number' ? `${number(ms)} ms` : undefined,
    typeof attempt === 'number' && attempt > 1
      ? t('subscriptions.activity.attempt', { attempt })
      : undefined,
    typeof attempts === 'number'
      ? t('subscriptions.activity.attempts', { count: attempts })
      : undefined,
    typeof times === 'number' && times > 1
      ? t('subscriptions.activity.times', { count: times })
      : undefined,
    // Microsoft's support asks for it.
    requestId === undefined || !isProblem ? undefined : `x-ms-requestid ${requestId}`,
  ].flatMap((one) => one ?? []);
}

/** A plan, a number of seats, or an object with one of them. */
function valueOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return t(value ? 'parts.yes' : 'parts.no');
  if (typeof value !== 'object' || value === null) return undefined;
  const { planId, quantity } = value as { readonly planId?: unknown; readonly quantity?: unknown };
  return valueOf(planId) ?? valueOf(quantity);
}

/** What came of it, in a word or two. Undefined: it only happened. */
export function outcomeOf({ source, outcome }: Activity): string | undefined {
  if (outcome === undefined) return undefined;
  if (source !== 'call') return wordFor('subscriptions.outcome', outcome);
  // The status is among the facts.
  return /^\d+$/.test(outcome) ? undefined : wordFor('subscriptions.failure', outcome);
}

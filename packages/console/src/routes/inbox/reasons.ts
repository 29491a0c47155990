import { t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';

export const answerTones = { accepted: 'good', refused: 'warn', undecided: 'bad' } as const;

export function actionWords(action: string): string {
  return action === '' ? t('inbox.action.unclear') : wordFor('inbox.action', action);
}

/** Who or what decided, from the code of a verdict or decision: `rule:no-legacy`, `product:limit`, `silence:timeout`, … */
export function reasonWords(reason: string): string {
  const colon = reason.indexOf(':');
  const kind = colon === -1 ? reason : reason.slice(0, colon);
  const code = colon === -1 ? '' : reason.slice(colon + 1);
  if (kind === 'rule') return t('inbox.reason.rule', { rule: code });
  if (kind === 'product' && code !== '') return t('inbox.reason.product.code', { code });
  if (kind === 'silence') return t('inbox.reason.silence', { code });
  return wordFor('inbox.reason', reason);
}

/** The rule that decided, if it was a rule. */
export function ruleOf(reason: string | undefined): string | undefined {
  return reason?.startsWith('rule:') ? reason.slice('rule:'.length) : undefined;
}

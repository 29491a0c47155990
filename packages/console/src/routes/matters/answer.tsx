import { useQuery } from '@tanstack/react-query';
import { refusedCall } from '../../api/matters.ts';
import type { Matter } from '../../api/matters.ts';
import { useMay } from '../../app/session.ts';
import { Id } from '../../parts/id.tsx';
import { t } from '../../words/words.ts';

/** The kinds of matters that a call to Microsoft has caused, with the calls that can be it. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  'activation-failed': ['activate'],
  'change-failed': ['changePlan', 'changeQuantity', 'delete', 'unsubscribe'],
};

/** What Microsoft itself said when it refused the call. Shows nothing if no refused call is kept. */
export function MicrosoftsAnswer({ matter }: { readonly matter: Matter }) {
  const may = useMay();
  const { kind, subscriptionId = '' } = matter;
  const calls = CALLS[kind] ?? [];
  const isShown = calls.length > 0 && subscriptionId !== '' && may('subscriptions:read');
  const { data } = useQuery({ ...refusedCall(subscriptionId, calls), enabled: isShown });
  if (!data) return null;
  const { status, answer, requestId } = data;
  return (
    <div>
      <dt>{t('matters.answer')}</dt>
      <dd>
        <p>
          <strong>{t('matters.answer.status', { status: String(status ?? 'none') })}</strong>
          {status === undefined ? '' : ` ${explanationOf(answer)}`}
        </p>
        <p className="muted row">
          {t('matters.answer.request')} <Id value={requestId} />
        </p>
      </dd>
    </div>
  );
}

/** Microsoft's errors are `{ code, message }` or `{ error: { code, message } }`. */
function explanationOf(answer: unknown): string {
  if (typeof answer === 'string') return answer;
  if (typeof answer !== 'object' || answer === null) return '';
  const { error, message, code } = answer as Readonly<Record<string, unknown>>;
  if (typeof message === 'string' && message !== '') return message;
  if (typeof error === 'object') return explanationOf(error);
  return typeof code === 'string' ? code : '';
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useMay } from '../app/session.ts';
import { toast } from '../parts/toasts.tsx';
import { t } from '../words/words.ts';
import { withKey } from './client.ts';
import { problemOf } from './errors.ts';

type CallOptions = ReturnType<typeof withKey>;

export interface CommandSpec<Input, Answer> {
  /** Sends it, as in `(input, options) => api.destinations.disable.mutate(input, options)`. Pass on the options. */
  readonly run: (input: Input, options: CallOptions) => Promise<Answer>;
  /** Namespaces of the API that it changes, such as `destinations`: what is shown of them is read again. */
  readonly changes: readonly string[];
  /** What has happened, for the toast. Absent: the page itself shows it. */
  readonly done?: (answer: Answer, input: Input) => string;
  /** Sends the opposite, if there is one. */
  readonly undo?: (answer: Answer, input: Input, options: CallOptions) => Promise<unknown>;
}

export interface Command<Input, Answer> {
  /** Undefined if it failed; `error` then says why. */
  start(input: Input): Promise<Answer | undefined>;
  readonly isRunning: boolean;
  readonly error: unknown;
  reset(): void;
}

/**
 * A command of the API. Sent again with the same input after a failure, it has the same `Idempotency-Key`, so it is carried out
 * once. When it is done a toast says so, with "Undo" or the way to the audit log.
 */
export function useCommand<Input, Answer>(
  spec: CommandSpec<Input, Answer>,
  /** Where a failure is said: `toast`, unless a dialog or form of the page shows `error`. */
  failures: 'toast' | 'shown' = 'toast',
): Command<Input, Answer> {
  const client = useQueryClient();
  const may = useMay();
  const attempt = useRef<{ readonly input: string; readonly key: string }>(undefined);
  const refresh = () =>
    client.invalidateQueries({
      predicate: ({ queryKey: [first] }) =>
        spec.changes.some((name) => String(first).startsWith(`${name}.`)),
    });
  const say = (answer: Answer, input: Input) => {
    if (!spec.done) return;
    const { undo } = spec;
    const takeBack = () =>
      void undo?.(answer, input, withKey(crypto.randomUUID())).then(refresh, sayFailure);
    toast({
      text: spec.done(answer, input),
      action: undo ? { label: t('parts.undo'), run: takeBack } : undefined,
      link:
        !undo && may('audit:read')
          ? { label: t('parts.seeAudit'), to: { to: '/audit' } }
          : undefined,
    });
  };
  const mutation = useMutation({
    mutationFn: (input: Input) => {
      const text = JSON.stringify(input);
      if (attempt.current?.input !== text)
        attempt.current = { input: text, key: crypto.randomUUID() };
      return spec.run(input, withKey(attempt.current.key));
    },
    onSuccess: (answer, input) => {
      attempt.current = undefined;
      say(answer, input);
      return refresh();
    },
    onError: (error) => {
      if (failures === 'toast') sayFailure(error);
    },
  });
  return {
    start: (input) => mutation.mutateAsync(input).catch(() => undefined),
    isRunning: mutation.isPending,
    error: mutation.error ?? undefined,
    reset: () => mutation.reset(),
  };
}

function sayFailure(error: unknown): void {
  const { message, nextStep, correlationId } = problemOf(error);
  const id = correlationId && `${t('parts.error.correlation')} ${correlationId}`;
  toast({
    tone: 'bad',
    text: message,
    detail: [nextStep, id].filter(Boolean).join(' · ') || undefined,
  });
}

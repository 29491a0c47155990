import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { UsageHour } from '../../api/usage.ts';
import { useRefusal } from '../../app/session.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { useNow } from '../../parts/time.tsx';
import { ago, rich, t } from '../../words/words.ts';
import { canResend, hourWords, nextStepWords, problemWords } from './hour.tsx';
import { quantity } from './quantity.ts';

/** Sends one refused hour again. Shows nothing for an hour that cannot be sent again. */
export function Resend({
  hour,
  isSmall = false,
}: {
  readonly hour: UsageHour;
  readonly isSmall?: boolean;
}) {
  const [isAsking, setAsking] = useState(false);
  const now = useNow();
  const resend = useCommand(
    { run: api.usage.resend.mutate, changes: ['usage'], done: () => t('usage.resend.done') },
    'shown',
  );
  const refusal = useRefusal('usage:write');
  if (!canResend(hour, now)) return null;
  const { subscriptionId, dimension, expiresAt = '' } = hour;
  return (
    <>
      {isSmall ? (
        <IconButton
          icon="send"
          label={refusal ?? t('usage.resend')}
          isDisabled={refusal !== undefined}
          onPress={() => setAsking(true)}
        />
      ) : (
        <Button icon="send" look="primary" onPress={() => setAsking(true)} refusal={refusal}>
          {t('usage.resend')}
        </Button>
      )}
      <CommandDialog
        title={t('usage.resend.title')}
        about={
          <>
            <p>
              {rich('usage.resend.about', {
                quantity: quantity(hour.reported),
                dimension,
                hour: hourWords(hour.hour),
                b: (words) => <b>{words}</b>,
              })}
            </p>
            <p>
              {problemWords(hour)}. {nextStepWords(hour)}
            </p>
            <p className="muted">{t('usage.resend.until', { when: ago(expiresAt, now) })}</p>
          </>
        }
        confirm={t('usage.resend')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        command={resend}
        reason="required"
        input={(reason) => ({ subscriptionId, dimension, hour: hour.hour, reason })}
      />
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { deliveryOf, type Delivery } from '../../api/deliveries.ts';
import { useRefusal } from '../../app/session.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Notice } from '../../parts/notice.tsx';
import { hasWord, number, t } from '../../words/words.ts';
import { wordFor } from '../../words/word-for.ts';

/** A test is attempted at once, so its outcome is there within seconds. */
const POLL_MS = 700;

/** A button that sends a test, and below it what came of the test. */
export function TestMessage({
  destinationId,
  isPrimary = false,
}: {
  readonly destinationId: string;
  readonly isPrimary?: boolean;
}) {
  const [deliveryId, setDelivery] = useState<string>();
  const ping = useCommand({
    run: api.destinations.ping.mutate,
    changes: ['deliveries'],
  });
  const refusal = useRefusal('destinations:write');
  const send = async () => {
    setDelivery(undefined);
    setDelivery((await ping.start({ destinationId }))?.id);
  };
  return (
    <div className="stack">
      <div className="row">
        <Button
          icon="send"
          look={isPrimary ? 'primary' : 'plain'}
          onPress={() => void send()}
          isPending={ping.isRunning}
          refusal={refusal}
        >
          {t('destinations.test')}
        </Button>
      </div>
      {deliveryId !== undefined && (
        <div role="status">
          <Outcome deliveryId={deliveryId} />
        </div>
      )}
    </div>
  );
}

function Outcome({ deliveryId }: { readonly deliveryId: string }) {
  const query = useQuery({
    ...deliveryOf(deliveryId),
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : POLL_MS),
  });
  const { data } = query;
  const attempt = data?.history.at(-1);
  if (!data || !attempt) return <Notice tone="quiet" title={t('destinations.test.sending')} />;
  const open = (
    <ButtonLink to="/deliveries/$deliveryId" params={{ deliveryId }}>
      {t('destinations.test.open')}
    </ButtonLink>
  );
  if (attempt.failure === undefined) {
    return (
      <Notice tone="good" title={t('destinations.test.ok')} actions={open}>
        <p>{t('destinations.test.ok.text', { ms: number(attempt.durationMs) })}</p>
      </Notice>
    );
  }
  const next = `deliveries.failure.${attempt.failure}.next`;
  return (
    <Notice tone="bad" title={t('destinations.test.failed')} actions={open}>
      <p>{wordFor('deliveries.failure', attempt.failure)}</p>
      {hasWord(next) && <p>{t(next)}</p>}
    </Notice>
  );
}

function isOver({ history }: Delivery): boolean {
  return history.length > 0;
}

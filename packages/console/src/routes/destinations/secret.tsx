import { useState } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { Destination } from '../../api/destinations.ts';
import { useRefusal } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import { CommandDialog } from '../../parts/dialogs.tsx';
import { TextField } from '../../parts/fields.tsx';
import { copyText } from '../../parts/id.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts, Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';

/** A secret that has just been created. It leaves the page for good when the person says so. */
export function SecretOnce({
  secret,
  onStored,
}: {
  readonly secret: string;
  readonly onStored?: () => void;
}) {
  return (
    <Notice
      tone="warn"
      title={t('destinations.secret.once.title')}
      actions={
        onStored && (
          <Button isSmall onPress={onStored}>
            {t('destinations.secret.hide')}
          </Button>
        )
      }
    >
      <p>{t('destinations.secret.once.text')}</p>
      <div className="secret">
        <code>{secret}</code>
        <Button isSmall icon="copy" onPress={() => void copyText(secret)}>
          {t('destinations.secret.copy')}
        </Button>
      </div>
    </Notice>
  );
}

const MAX_OVERLAP_HOURS = 168;

export function Secrets({ destination }: { readonly destination: Destination }) {
  const { id: destinationId, secrets } = destination;
  const [isRotating, setRotating] = useState(false);
  const [overlap, setOverlap] = useState('24');
  const [secret, setSecret] = useState<string>();
  const refusal = useRefusal('destinations:write');
  const rotate = useCommand(
    { run: api.destinations.rotateSecret.mutate, changes: ['destinations'] },
    'shown',
  );
  const overlapHours = Number(overlap);
  const isValid = overlap.trim() !== '' && overlapHours >= 0 && overlapHours <= MAX_OVERLAP_HOURS;
  return (
    <Section
      title={t('destinations.secret')}
      about={t('destinations.secret.about')}
      actions={
        <Button isSmall icon="refresh" onPress={() => setRotating(true)} refusal={refusal}>
          {t('destinations.secret.rotate')}
        </Button>
      }
    >
      {secret !== undefined && <SecretOnce secret={secret} onStored={() => setSecret(undefined)} />}
      <Card>
        {secrets.map(({ createdAt, expiresAt }) => (
          <Facts
            key={createdAt}
            items={[
              [t('destinations.secret.created'), <Time key="created" at={createdAt} />],
              [
                t('destinations.secret.expires'),
                expiresAt === undefined ? (
                  t('destinations.secret.current')
                ) : (
                  <Time key="expires" at={expiresAt} />
                ),
              ],
            ]}
          />
        ))}
        {secrets.length > 1 && <p className="muted">{t('destinations.secret.two')}</p>}
      </Card>
      <CommandDialog
        title={t('destinations.secret.rotate.title')}
        about={<p>{t('destinations.secret.rotate.about')}</p>}
        confirm={t('destinations.secret.rotate.confirm')}
        isOpen={isRotating}
        onClose={() => setRotating(false)}
        command={rotate}
        input={() => (isValid ? { destinationId, overlapHours } : undefined)}
        onDone={(answer) => setSecret(answer.secret)}
      >
        <TextField
          label={t('destinations.secret.rotate.overlap')}
          hint={t('destinations.secret.rotate.overlap.hint')}
          type="number"
          value={overlap}
          onChange={setOverlap}
        />
      </CommandDialog>
    </Section>
  );
}

import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialogs.tsx';
import { Id } from '../../parts/id.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Facts } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { number, t } from '../../words/words.ts';

/** Checks the chain of hashes from the oldest entry to the newest. */
export function VerifyDialog({ onClose }: { readonly onClose: () => void }) {
  const query = useQuery({
    queryKey: ['audit.verify'],
    queryFn: ({ signal }) => verifyAll(signal),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Dialog title={t('access.audit.verify')} isOpen onClose={onClose}>
      <div className="dialog-content">
        <p>{t('access.audit.verify.about')}</p>
        <Loaded query={query} lines={3}>
          {({ isIntact, checked, brokenAt, lastSequence, lastHash }) => (
            <>
              {isIntact ? (
                <Notice tone="good" title={t('access.audit.intact', { count: number(checked) })} />
              ) : (
                <Notice tone="bad" title={t('access.audit.broken', { sequence: brokenAt ?? '' })}>
                  <p>{t('access.audit.broken.next')}</p>
                </Notice>
              )}
              {lastHash !== undefined && (
                <>
                  <Facts
                    items={[
                      [t('access.audit.last'), lastSequence],
                      [t('access.audit.hash'), <Id key="hash" value={lastHash} />],
                    ]}
                  />
                  <p className="muted">{t('access.audit.note')}</p>
                </>
              )}
            </>
          )}
        </Loaded>
      </div>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('parts.close')}</Button>
      </footer>
    </Dialog>
  );
}

/** One call checks a part of a long log and says where the next one begins. */
async function verifyAll(signal: AbortSignal) {
  let checked = 0;
  let fromSequence: string | undefined;
  for (;;) {
    const part = await api.audit.verify.query(fromSequence === undefined ? {} : { fromSequence }, {
      signal,
    });
    checked += part.checked;
    if (!part.isIntact || part.nextSequence === undefined) return { ...part, checked };
    fromSequence = part.nextSequence;
  }
}

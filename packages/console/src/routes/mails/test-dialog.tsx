import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import type { CustomerMail, TextPlace } from '../../api/customer-mails.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialogs.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Notice } from '../../parts/notice.tsx';
import { ErrorState } from '../../parts/states.tsx';
import { toast } from '../../parts/toasts.tsx';
import { t } from '../../words/words.ts';

/** Sends the mail with sample values to an address of the person. */
export function TestDialog({
  mail,
  place,
  hasUnsaved,
  onClose,
}: {
  readonly mail: CustomerMail;
  readonly place: TextPlace;
  readonly hasUnsaved: boolean;
  readonly onClose: () => void;
}) {
  const [to, setTo] = useState('');
  const [failure, setFailure] = useState<string>();
  const send = useCommand({ run: api.customerMails.test.mutate, changes: [] }, 'shown');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await send.start({ ...place, mail, to });
    if (!answer) return;
    if (!answer.isSent) {
      setFailure([answer.failure, answer.answerCode].filter(Boolean).join(' '));
      return;
    }
    toast({ text: t('mails.test.sent', { to }) });
    onClose();
  };
  return (
    <Dialog title={t('mails.test.title')} isOpen onClose={onClose}>
      <form className="dialog-form" onSubmit={(event) => void submit(event)}>
        <div className="dialog-content">
          <p className="dialog-about">{t('mails.test.about')}</p>
          {hasUnsaved && <Notice tone="notice" title={t('mails.test.unsaved')} />}
          <TextField
            label={t('mails.test.to')}
            type="email"
            value={to}
            onChange={setTo}
            maxLength={254}
            isRequired
            autoFocus
          />
          {failure !== undefined && (
            <Notice tone="bad" title={t('mails.test.failed', { failure })} />
          )}
          {send.error !== undefined && <ErrorState error={send.error} />}
        </div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('parts.cancel')}</Button>
          <Button
            type="submit"
            look="primary"
            isPending={send.isRunning}
            isDisabled={!to.includes('@')}
          >
            {t('mails.test.send')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Command } from '../api/command.ts';
import { rich, t } from '../words/words.ts';
import { Button, IconButton } from './button.tsx';
import { TextField } from './fields.tsx';
import { ErrorState, Skeleton } from './states.tsx';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A window over the page. Escape and a click beside it close it. */
export function Dialog({ title, isOpen, onClose, isWide = false, children }: DialogProps) {
  return (
    <ModalOverlay
      className="scrim"
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
    >
      <Modal className={isWide ? 'dialog dialog-wide' : 'dialog'}>
        <AriaDialog className="dialog-body">
          <header className="dialog-head">
            <Heading slot="title">{title}</Heading>
            <IconButton icon="close" label={t('parts.close')} onPress={onClose} />
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface CommandDialogProps<Input, Answer, Preview> {
  readonly title: string;
  /** What will happen, and for whom. */
  readonly about: ReactNode;
  /** The button's word: the verb of the command. */
  readonly confirm: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Made by `useCommand(spec, 'shown')`. */
  readonly command: Command<Input, Answer>;
  /** The input to send. Undefined: something is missing, and the button waits. */
  readonly input: (reason: string) => Input | undefined;
  /** It destroys something. */
  readonly isDanger?: boolean;
  /** The person types it before the button works. */
  readonly confirmName?: string | undefined;
  /** Asks for a reason; `required` wants one before the button works. */
  readonly reason?: 'required' | 'optional' | undefined;
  /** The API's dry run, and how its answer is shown. */
  readonly dryRun?: DryRun<Preview> | undefined;
  readonly onDone?: (answer: Answer) => void;
  /** Further fields. */
  readonly children?: ReactNode;
}

export interface DryRun<Preview> {
  /** Names what is asked, such as `['destinations.remove', id]`. */
  readonly key: readonly unknown[];
  readonly ask: (options: { readonly signal: AbortSignal }) => Promise<Preview>;
  readonly show: (answer: Preview) => ReactNode;
}

/** Says what a command will do, asks what it needs to know, sends it, and shows its failure. */
export function CommandDialog<Input, Answer, Preview = never>(
  props: CommandDialogProps<Input, Answer, Preview>,
) {
  const { title, isOpen, onClose, command } = props;
  const close = () => {
    command.reset();
    onClose();
  };
  return (
    <Dialog title={title} isOpen={isOpen} onClose={close}>
      <CommandForm {...props} onClose={close} />
    </Dialog>
  );
}

function CommandForm<Input, Answer, Preview>({
  about,
  confirm,
  onClose,
  command,
  input,
  isDanger = false,
  confirmName,
  reason,
  dryRun,
  onDone,
  children,
}: CommandDialogProps<Input, Answer, Preview>) {
  const [why, setWhy] = useState('');
  const [typed, setTyped] = useState('');
  const toSend = input(why.trim());
  const isReady =
    toSend !== undefined &&
    (confirmName === undefined || typed.trim() === confirmName) &&
    (reason !== 'required' || why.trim() !== '');
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || command.isRunning) return;
    const answer = await command.start(toSend);
    if (answer === undefined) return;
    onClose();
    onDone?.(answer);
  };
  return (
    <form className="dialog-form" onSubmit={(event) => void send(event)}>
      <div className="dialog-content">
        <div className="dialog-about">{about}</div>
        {dryRun && <DryRunPreview dryRun={dryRun} />}
        {children}
        {reason && <ReasonField value={why} onChange={setWhy} isRequired={reason === 'required'} />}
        {confirmName !== undefined && (
          <ConfirmByName name={confirmName} value={typed} onChange={setTyped} />
        )}
        {command.error !== undefined && <ErrorState error={command.error} />}
      </div>
      <footer className="dialog-foot">
        <Button onPress={onClose}>{t('parts.cancel')}</Button>
        <Button
          type="submit"
          look={isDanger ? 'danger' : 'primary'}
          isDisabled={!isReady}
          isPending={command.isRunning}
        >
          {confirm}
        </Button>
      </footer>
    </form>
  );
}

/** Why a person does something, for the audit log. */
export function ReasonField({
  value,
  onChange,
  isRequired = false,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isRequired?: boolean;
}) {
  return (
    <TextField
      label={t('parts.reason')}
      hint={t('parts.reason.hint')}
      value={value}
      onChange={onChange}
      rows={2}
      maxLength={500}
      isRequired={isRequired}
    />
  );
}

/** Typing the name of what is destroyed. */
export function ConfirmByName({
  name,
  value,
  onChange,
}: {
  readonly name: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const isWrong = value !== '' && !name.startsWith(value.trim());
  return (
    <div className="confirm-name">
      <p>{rich('parts.confirmName', { name: <code>{name}</code> })}</p>
      <TextField
        label={t('parts.confirm')}
        value={value}
        onChange={onChange}
        error={isWrong ? t('parts.confirmName.wrong') : undefined}
        isMono
      />
    </div>
  );
}

/** What the API says would happen. */
export function DryRunPreview<Preview>({ dryRun }: { readonly dryRun: DryRun<Preview> }) {
  const query = useQuery({
    queryKey: ['dryRun', ...dryRun.key],
    queryFn: ({ signal }) => dryRun.ask({ signal }),
    // What would happen now, not what would have happened a moment ago.
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <section className="dry-run" aria-label={t('parts.dryRun.title')}>
      <h3>{t('parts.dryRun.title')}</h3>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Skeleton lines={2} />
      ) : (
        dryRun.show(query.data)
      )}
    </section>
  );
}

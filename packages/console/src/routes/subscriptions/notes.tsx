import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.ts';
import { useCommand } from '../../api/command.ts';
import { usePaged } from '../../api/paged.ts';
import { notesOf, type Note } from '../../api/subscriptions.ts';
import { useRefusal, useSession } from '../../app/session.ts';
import { Button } from '../../parts/button.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Card, Section } from '../../parts/page.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';

/** As the API has it. */
const MAX_NOTE = 4_000;

/** What the publisher's people write for each other. Customers never see it. */
export function NotesPart({ subscriptionId }: { readonly subscriptionId: string }) {
  const pages = usePaged(notesOf(subscriptionId));
  return (
    <Section title={t('subscriptions.notes')} about={t('subscriptions.notes.about')}>
      <Card>
        <div className="stack">
          <NewNote subscriptionId={subscriptionId} />
          {pages.isLoading && <Skeleton lines={2} />}
          {pages.error !== undefined && <ErrorState error={pages.error} onRetry={pages.retry} />}
          {pages.rows.length > 0 && (
            <ol className="notes" aria-label={t('subscriptions.notes')}>
              {pages.rows.map((note) => (
                <NoteRow key={note.noteId} note={note} />
              ))}
            </ol>
          )}
          {pages.hasMore && (
            <Button isSmall look="quiet" isPending={pages.isLoadingMore} onPress={pages.loadMore}>
              {t('parts.loadMore')}
            </Button>
          )}
        </div>
      </Card>
    </Section>
  );
}

function NewNote({ subscriptionId }: { readonly subscriptionId: string }) {
  const [text, setText] = useState('');
  const refusal = useRefusal('subscriptions:write');
  const add = useCommand(
    {
      run: api.subscriptions.addNote.mutate,
      changes: ['subscriptions', 'activity'],
      done: () => t('subscriptions.notes.done'),
    },
    'shown',
  );
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '' || add.isRunning) return;
    if (await add.start({ subscriptionId, text: text.trim() })) setText('');
  };
  return (
    <form className="stack" onSubmit={(event) => void send(event)}>
      <TextField
        label={t('subscriptions.notes.new')}
        value={text}
        onChange={setText}
        rows={2}
        maxLength={MAX_NOTE}
        isDisabled={refusal !== undefined}
      />
      {add.error !== undefined && <ErrorState error={add.error} />}
      <div className="row">
        <Button
          type="submit"
          isSmall
          icon="plus"
          isDisabled={text.trim() === ''}
          isPending={add.isRunning}
          refusal={refusal}
        >
          {t('subscriptions.notes.add')}
        </Button>
      </div>
    </form>
  );
}

function NoteRow({ note: { text, author, at } }: { readonly note: Note }) {
  const { person } = useSession();
  const isOwn = author === person.id || author.endsWith(`/${person.id}`);
  return (
    <li>
      <p className="note-text">{text}</p>
      <p className="muted note-by">
        <span className="clip" data-hint={author}>
          {isOwn ? t('subscriptions.notes.you') : author}
        </span>
        <Time at={at} />
      </p>
    </li>
  );
}

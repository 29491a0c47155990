import { useState } from 'react';
import { useSession } from '../app/session.ts';
import { t } from '../words/words.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialogs.tsx';
import { TextField } from './fields.tsx';
import { Menu } from './menu.tsx';
import { toast } from './toasts.tsx';

interface View {
  readonly name: string;
  readonly search: object;
}

/** Filters that a person uses again, by name, kept in the browser. */
export function SavedViews<Search extends object>({
  name,
  value,
  onChange,
}: {
  /** Names the list. */
  readonly name: string;
  readonly value: Search;
  readonly onChange: (next: Search) => void;
}) {
  const { person } = useSession();
  const memory = `landfall.views.${person.id}.${name}`;
  const [views, setViews] = useState(() => readViews(memory));
  const [isNaming, setNaming] = useState(false);
  const keep = (next: readonly View[]) => {
    localStorage.setItem(memory, JSON.stringify(next));
    setViews(next);
  };
  const isFiltered = Object.values(value).some((one) => one !== undefined);
  return (
    <>
      <Menu
        label={t('parts.views')}
        groups={[
          {
            entries: views.map((view) => ({
              id: `use ${view.name}`,
              label: view.name,
              icon: 'bookmark',
              run: () => onChange(view.search as Search),
            })),
          },
          {
            entries: [
              {
                id: 'save',
                label: t('parts.views.save'),
                icon: 'plus',
                isDisabled: !isFiltered,
                detail: views.length === 0 ? t('parts.views.none') : undefined,
                run: () => setNaming(true),
              },
              ...views.map((view) => ({
                id: `remove ${view.name}`,
                label: t('parts.views.remove', { name: view.name }),
                icon: 'close' as const,
                run: () => keep(views.filter((one) => one !== view)),
              })),
            ],
          },
        ]}
      >
        <Button look="quiet" isSmall icon="bookmark">
          {t('parts.views')}
        </Button>
      </Menu>
      <NameDialog
        isOpen={isNaming}
        onClose={() => setNaming(false)}
        onName={(chosen) => {
          const others = views.filter((one) => one.name !== chosen);
          keep([...others, { name: chosen, search: { ...value } }]);
          toast({ text: t('parts.views.saved', { name: chosen }) });
        }}
      />
    </>
  );
}

function NameDialog({
  isOpen,
  onClose,
  onName,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onName: (name: string) => void;
}) {
  const [name, setName] = useState('');
  return (
    <Dialog title={t('parts.views.save')} isOpen={isOpen} onClose={onClose}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '') return;
          onName(name.trim());
          setName('');
          onClose();
        }}
      >
        <div className="dialog-content">
          <TextField
            label={t('parts.views.name')}
            value={name}
            onChange={setName}
            maxLength={60}
            autoFocus
          />
        </div>
        <footer className="dialog-foot">
          <Button onPress={onClose}>{t('parts.cancel')}</Button>
          <Button type="submit" look="primary" isDisabled={name.trim() === ''}>
            {t('parts.save')}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function readViews(memory: string): readonly View[] {
  try {
    return JSON.parse(localStorage.getItem(memory) ?? '[]') as readonly View[];
  } catch {
    return [];
  }
}

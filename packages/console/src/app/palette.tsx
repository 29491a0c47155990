import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useId, useRef, useState, type KeyboardEvent } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { foundSubscriptions } from '../api/search.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { t } from '../words/words.ts';
import { places } from './nav.ts';
import { pageActions } from './page-actions.ts';
import { signOut, useMay } from './session.ts';
import { openShortcut } from './shortcuts.tsx';
import { chooseTheme, themes } from './theme.ts';

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
  readonly detail?: string | undefined;
  readonly keys?: string | undefined;
  readonly run: () => void;
}

interface Found {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** Shorter texts match nearly everything; the API wants two characters too. */
const MIN_SEARCH = 2;

/** Finds pages, actions and subscriptions by typing. Arrow keys choose, Enter runs. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [chosen, choose] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = useFound(text);
  const entries = found.flatMap((group) => group.entries);
  const current = Math.min(chosen, entries.length - 1);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined && entries.length > 0) {
      event.preventDefault();
      const next = (current + move + entries.length) % entries.length;
      choose(next);
      list.current?.querySelector(`[data-entry="${next}"]`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(entries[current]);
    }
  };
  return (
    <ModalOverlay
      className="scrim"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => !isOpen && onClose()}
    >
      <Modal className="palette">
        <Dialog aria-label={t('shell.search.key')} className="dialog-body">
          <div className="palette-field">
            <Icon name="search" />
            <input
              type="text"
              role="combobox"
              aria-expanded="true"
              aria-controls={`${id}-list`}
              aria-activedescendant={entries.length > 0 ? `${id}-${current}` : undefined}
              aria-autocomplete="list"
              aria-label={t('shell.search')}
              placeholder={t('shell.search')}
              autoFocus
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                choose(0);
              }}
              onKeyDown={onKey}
            />
            <kbd>Esc</kbd>
          </div>
          <div
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label={t('shell.search.key')}
            className="palette-list"
          >
            {found.map((group) => (
              <div key={group.title} role="group" aria-label={group.title}>
                <div className="menu-header" aria-hidden="true">
                  {group.title}
                </div>
                {group.entries.map((entry) => {
                  const place = entries.indexOf(entry);
                  return (
                    <PaletteEntry
                      key={entry.id}
                      id={`${id}-${place}`}
                      place={place}
                      entry={entry}
                      isChosen={place === current}
                      onChoose={() => choose(place)}
                      onRun={() => run(entry)}
                    />
                  );
                })}
              </div>
            ))}
            {entries.length === 0 && <p className="palette-none">{t('shell.palette.none')}</p>}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteEntry({
  id,
  place,
  entry,
  isChosen,
  onChoose,
  onRun,
}: {
  readonly id: string;
  readonly place: number;
  readonly entry: Entry;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onRun: () => void;
}) {
  return (
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      data-entry={place}
      className="menu-item"
      {...(isChosen ? { 'data-focused': true } : {})}
      onPointerMove={onChoose}
      onClick={onRun}
    >
      <Icon name={entry.icon} />
      <span className="menu-text">
        {entry.label}
        {entry.detail !== undefined && <small>{entry.detail}</small>}
      </span>
      {entry.keys?.split(' ').map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </div>
  );
}

function useFound(text: string): readonly Found[] {
  const wanted = useDeferredValue(text.trim());
  const subscriptions = useSubscriptionEntries(wanted);
  const groups: readonly Found[] = [
    { title: t('shell.palette.subscriptions'), entries: subscriptions },
    { title: t('shell.palette.here'), entries: matching(usePageEntries(), wanted) },
    { title: t('shell.palette.pages'), entries: matching(usePlaceEntries(), wanted) },
    { title: t('shell.palette.actions'), entries: matching(ownEntries(), wanted) },
  ];
  return groups.filter(({ entries }) => entries.length > 0);
}

/** Every word must be the beginning of a word of the label. */
function matching(entries: readonly Entry[], text: string): readonly Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ label }) => {
    const parts = label.toLowerCase().split(/[^\p{L}\p{N}]+/u);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  });
}

function useSubscriptionEntries(text: string): readonly Entry[] {
  const navigate = useNavigate();
  const may = useMay();
  const isAsked = text.length >= MIN_SEARCH && may('subscriptions:read');
  const { data } = useQuery({ ...foundSubscriptions(text), enabled: isAsked });
  if (!isAsked) return [];
  return (data?.items ?? []).map(({ id, name, offerId, planId, status }) => ({
    id: `subscription ${id}`,
    label: name === '' ? id : name,
    icon: 'layers',
    detail: `${offerId} · ${planId} · ${status}`,
    run: () => void navigate({ to: `/subscriptions/${encodeURIComponent(id)}` }),
  }));
}

function usePlaceEntries(): readonly Entry[] {
  const navigate = useNavigate();
  const may = useMay();
  return places
    .filter(({ scope }) => scope === undefined || may(scope))
    .map(({ to, label, icon, letter }) => ({
      id: to,
      label: t(label),
      icon,
      keys: letter && `g ${letter}`,
      run: () => void navigate({ to }),
    }));
}

function usePageEntries(): readonly Entry[] {
  return pageActions().map(({ label, icon, run }) => ({ id: `here ${label}`, label, icon, run }));
}

function ownEntries(): readonly Entry[] {
  return [
    ...themes.map((theme) => ({
      id: `theme ${theme}`,
      label: `${t('shell.theme')}: ${t(`shell.theme.${theme}`)}`,
      icon: theme === 'dark' ? ('moon' as const) : ('sun' as const),
      run: () => chooseTheme(theme),
    })),
    {
      id: 'keys',
      label: t('shell.person.shortcuts'),
      icon: 'keyboard',
      keys: '?',
      run: () => openShortcut('keys'),
    },
    { id: 'sign-out', label: t('shell.person.signOut'), icon: 'exit', run: signOut },
  ];
}

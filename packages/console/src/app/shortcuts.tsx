import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { focusPageSearch, isTyping } from './keyboard.ts';
import { places, type Place } from './nav.ts';

const KeysDialog = lazy(async () => ({
  default: (await import('./keys-dialog.tsx')).KeysDialog,
}));
const loadPalette = () => import('./palette.tsx');
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));

type Opened = 'palette' | 'keys';

/** After `g`, a letter leads to a page. Longer than that was a slip. */
const LETTER_MS = 1_200;

/** The page has loaded what it shows. */
const IDLE_MS = 2_000;

/** Keys that work on every page, the command palette, and the list of keys. */
export function Shortcuts() {
  const [opened, open] = useState<Opened>();
  const navigate = useNavigate();
  const isOpen = useRef(false);
  isOpen.current = opened !== undefined;
  // Loaded before it is wanted, so that the first letters are not lost.
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), IDLE_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    let leadAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        open((now) => (now === 'palette' ? undefined : 'palette'));
        return;
      }
      if (isOpen.current || isTyping(event) || event.metaKey || event.ctrlKey || event.altKey)
        return;
      // The time of the key press itself: a busy browser handles it later.
      const at = event.timeStamp;
      const place = at - leadAt < LETTER_MS ? placeOf(event.key) : undefined;
      leadAt = event.key === 'g' ? at : Number.NEGATIVE_INFINITY;
      if (place) {
        event.preventDefault();
        void navigate({ to: place.to });
      } else if (event.key === '?') open('keys');
      else if (event.key === '/') {
        event.preventDefault();
        if (!focusPageSearch()) open('palette');
      }
    };
    const onOpen = (event: Event) => open((event as CustomEvent<Opened>).detail);
    document.addEventListener('keydown', onKey);
    document.addEventListener(OPEN, onOpen);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener(OPEN, onOpen);
    };
  }, [navigate]);
  const close = () => open(undefined);
  return (
    <Suspense fallback={null}>
      {opened === 'palette' && <Palette onClose={close} />}
      {opened === 'keys' && <KeysDialog onClose={close} />}
    </Suspense>
  );
}

const OPEN = 'landfall-open';

/** Opens the command palette or the list of keys from a button. */
export function openShortcut(what: Opened): void {
  document.dispatchEvent(new CustomEvent(OPEN, { detail: what }));
}

function placeOf(letter: string): Place | undefined {
  return places.find((place) => place.letter === letter);
}

import { useEffect, useId, useRef, useState } from 'react';

interface Shown {
  readonly text: string;
  readonly anchor: Element;
}

/** A pointer that only passes by shows nothing. */
const DELAY_MS = 350;
const GAP_PX = 6;

/**
 * The hint of any element with `data-hint`: shown on hover and focus, and closed by Escape (WCAG 1.4.13). One element serves the
 * whole page, because tables have hundreds of hints.
 */
export function Hints() {
  const [shown, setShown] = useState<Shown>();
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (target: EventTarget | null, delayMs: number) => {
      clearTimeout(timer);
      if (target instanceof Node && box.current?.contains(target)) return;
      const anchor = target instanceof Element ? target.closest('[data-hint]') : null;
      const text = anchor?.getAttribute('data-hint');
      timer = setTimeout(() => setShown(anchor && text ? { anchor, text } : undefined), delayMs);
    };
    const over = (event: Event) => show(event.target, DELAY_MS);
    const focus = (event: FocusEvent) => {
      const isByKey = event.target instanceof Element && event.target.matches(':focus-visible');
      if (isByKey) show(event.target, 0);
    };
    const hide = () => show(null, 0);
    const key = (event: KeyboardEvent) => event.key === 'Escape' && hide();
    document.addEventListener('pointerover', over);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', hide);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('keydown', key);
    window.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', over);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('keydown', key);
      window.removeEventListener('scroll', hide, { capture: true });
    };
  }, []);
  useEffect(() => {
    if (!shown || !box.current) return undefined;
    place(box.current, shown.anchor);
    const { anchor } = shown;
    if (anchor.hasAttribute('aria-describedby')) return undefined;
    anchor.setAttribute('aria-describedby', id);
    return () => anchor.removeAttribute('aria-describedby');
  }, [shown, id]);
  return (
    <div ref={box} id={id} role="tooltip" className="hint" hidden={!shown}>
      {shown?.text}
    </div>
  );
}

/** Below the anchor, or above it where there is no room; never outside the window. */
function place(box: HTMLElement, anchor: Element): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const isAbove = at.bottom + GAP_PX + height > window.innerHeight;
  const left = Math.min(at.left, window.innerWidth - width - GAP_PX);
  box.style.left = `${Math.max(GAP_PX, left)}px`;
  box.style.top = `${isAbove ? at.top - GAP_PX - height : at.bottom + GAP_PX}px`;
}

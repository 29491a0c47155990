import { useEffect, useRef } from 'react';
import type { IconName } from '../parts/icon.tsx';

/** Something that the person can do, as the command palette shows it. */
export interface PageAction {
  readonly label: string;
  readonly icon: IconName;
  readonly run: () => void;
}

const offered = new Set<() => readonly PageAction[]>();

/** Offers the actions of the open page in the command palette. */
export function usePageActions(actions: readonly PageAction[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const read = () => latest.current;
    offered.add(read);
    return () => void offered.delete(read);
  }, []);
}

/** What open pages offer now. */
export function pageActions(): readonly PageAction[] {
  return [...offered].flatMap((read) => read());
}

import { useSearch } from '@tanstack/react-router';
import { useMemo, useSyncExternalStore } from 'react';
import { api, ownHeaders } from '../api/client.ts';
import { isSignedOut } from '../api/errors.ts';
import { operatorRoles, type OperatorRole } from '@landfall/contracts/roles';
import type { Scope } from '@landfall/contracts/scopes';
import { t } from '../words/words.ts';
import { toast } from '../parts/toasts.tsx';

interface Access {
  readonly roles: readonly OperatorRole[];
  readonly scopes: readonly Scope[];
}

/** Who is signed in, and what the person may do. */
type Me = Awaited<ReturnType<typeof api.operators.me.query>>;

/** The person, with what counts for the chosen publisher. */
export interface Session extends Access {
  readonly person: { readonly id: string; readonly name: string };
  /** The highest role. Undefined: none. */
  readonly role: OperatorRole | undefined;
  /** Publishers that the person may choose from. */
  readonly publishers: readonly string[];
  readonly mustChoose: boolean;
  readonly version: string;
  readonly publicUrl: string;
  /** Set if this is the local stack, with an emulated marketplace. */
  readonly local: Me['local'];
}

type State =
  | { readonly state: 'starting' }
  | { readonly state: 'open'; readonly me: Me }
  | { readonly state: 'signed-out' }
  | { readonly state: 'unreachable' };

/** Landfall restarts within seconds. */
const RETRY_MS = 3_000;

let current: State = { state: 'starting' };
const listeners = new Set<() => void>();

function become(next: State): void {
  current = next;
  for (const listener of listeners) listener();
}

export function useSessionState(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** The session of the person; pages are rendered only while one is open. */
export function useSession(): Session {
  const state = useSessionState();
  const { publisher } = useSearch({ strict: false });
  if (state.state !== 'open') throw new Error('a page was rendered without a session');
  return useMemo(() => sessionFor(state.me, publisher), [state.me, publisher]);
}

function sessionFor(me: Me, publisher: string | undefined): Session {
  const { everywhere, publishers } = me;
  const [only] = publishers;
  const chosen = publishers.find(({ publisherId }) => publisherId === publisher);
  const access = chosen ?? everywhere ?? (publishers.length === 1 ? only : undefined);
  const roles = access?.roles ?? [];
  return {
    person: { id: me.id, name: me.name ?? me.email ?? me.id },
    roles,
    scopes: access?.scopes ?? [],
    role: operatorRoles.findLast((role) => roles.includes(role)),
    publishers: publishers.map(({ publisherId }) => publisherId),
    mustChoose: everywhere === undefined && publishers.length > 1,
    version: me.version,
    publicUrl: me.publicUrl,
    local: me.local,
  };
}

/** Whether the person may do what needs this scope. The gateway decides; this only hides what it would refuse. */
export function useMay(): (scope: Scope) => boolean {
  const { scopes } = useSession();
  return (scope) => scopes.includes(scope);
}

/** Why the person may not do what needs this scope, as a sentence for the button. Undefined: the person may. */
export function useRefusal(scope: Scope): string | undefined {
  const may = useMay();
  return may(scope) ? undefined : t('parts.forbidden', { scope });
}

/** Finds out who is signed in. */
export async function readSession(): Promise<void> {
  try {
    become({ state: 'open', me: await api.operators.me.query({}) });
  } catch (error) {
    if (isSignedOut(error)) return become({ state: 'signed-out' });
    // What is on the screen stays there; only a first load has nothing to show.
    if (current.state !== 'open') become({ state: 'unreachable' });
    setTimeout(() => void readSession(), RETRY_MS);
  }
}

/** A call was answered with 401. */
export function noteSignedOut(): void {
  if (current.state === 'open') become({ state: 'signed-out' });
}

/** The sign-in page, which returns to this page. */
export function signInAddress(): string {
  return `/console/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`;
}

/** Ends the session, and leaves the app for the page that says so. */
export function signOut(): void {
  void fetch('/console/sign-out', { method: 'POST', headers: ownHeaders() }).then(
    ({ ok }) => (ok ? location.assign('/console/signed-out') : sayStillSignedIn()),
    sayStillSignedIn,
  );
}

function sayStillSignedIn(): void {
  toast({ tone: 'bad', text: t('parts.error.title'), detail: t('parts.error.unreachable') });
}

import { isFault } from '@landfall/domain/fault';
import type { Publisher } from '@landfall/publishers/publishers';
import type { TokenOutcome } from '@landfall/marketplace/token-source';
import type { Logger } from '@landfall/service-kit/log';
import { startLoop, type Loop } from '@landfall/service-kit/loop';
import type { Db } from '../db/schema.ts';
import { daysLeft, warningOf } from './expiry.ts';
import { recordOutcome, takeWarning } from '../store/credential-health.ts';

/**
 * A token is requested even without customers, so that a refused credential is known before the next one
 * comes. Tokens last an hour, so most looks cost Microsoft nothing.
 */
const LOOK_MS = 5 * 60_000;

export interface WatchDeps {
  readonly db: Db;
  readonly publisher: Publisher;
  /** The key under which its health is stored. */
  readonly healthKey: string;
  readonly outcomes: Outcomes;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Collects the results of token requests from the start, before a database can store them. */
export class Outcomes {
  #latest: (TokenOutcome & { readonly at: Date }) | undefined;
  #onNews = (): void => {};
  #isSuspected = false;
  #onSuspicion = (): void => {};
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  readonly add = (outcome: TokenOutcome): void => {
    this.#latest = { ...outcome, at: this.#now() };
    this.#onNews();
  };

  /** A call was refused in a way that suggests that access is wrong for every call. */
  readonly suspect = (): void => {
    this.#isSuspected = true;
    this.#onSuspicion();
  };

  onSuspicion(notify: () => void): void {
    this.#onSuspicion = notify;
  }

  takeSuspicion(): boolean {
    const isSuspected = this.#isSuspected;
    this.#isSuspected = false;
    return isSuspected;
  }

  onNews(notify: () => void): void {
    this.#onNews = notify;
  }

  /** Returns the newest result and forgets it. */
  take(): (TokenOutcome & { readonly at: Date }) | undefined {
    const latest = this.#latest;
    this.#latest = undefined;
    return latest;
  }
}

/**
 * Watches a publisher's credential: stores the results of token requests, logs when refusals begin and end,
 * and warns before the credential ends, once per step and day among all processes.
 */
export function startCredentialWatch(deps: WatchDeps): AsyncDisposable {
  const { log, outcomes, publisher } = deps;
  const { publisherId } = publisher;
  let failure: string | undefined;

  const run = async (): Promise<void> => {
    await warn(deps);
    await publisher.tokens.get().catch((error: unknown) => {
      if (!isFault(error)) throw error;
    });
    const outcome = outcomes.take();
    if (!outcome) return;
    if (outcome.code !== failure) logChange(log, { publisherId, code: outcome.code });
    failure = outcome.code;
    await recordOutcome(deps.db.kysely, deps.healthKey, outcome);
  };
  const loop: Loop = startLoop({ name: 'credentials', everyMs: LOOK_MS, log, run });
  outcomes.onNews(() => loop.wake());
  return loop;
}

function logChange(
  log: Logger,
  about: { readonly publisherId: string | undefined; readonly code: string | undefined },
): void {
  const { code } = about;
  if (code === undefined) log.info(about, 'the marketplace credential works again');
  else if (!code.startsWith('credentials.'))
    log.warn(about, 'could not get a token; it is requested again');
  else
    log.error(
      about,
      'the marketplace credential was refused; notifications are stored, and work waits until it is replaced',
    );
}

async function warn({ db, healthKey, publisher, log, now }: WatchDeps): Promise<void> {
  const { credential, publisherId } = publisher;
  const expiresAt = await credential.expiresAt().catch((error: unknown) => {
    if (!isFault(error)) throw error;
    // The token request that needs the file reports it.
    return undefined;
  });
  const at = now();
  const warning = expiresAt && warningOf(expiresAt, at);
  if (!warning || !(await takeWarning(db.kysely, healthKey, { step: warning.step, at }))) return;
  const about = {
    publisherId,
    step: warning.step,
    kind: credential.kind,
    expiresAt,
    daysLeft: daysLeft(expiresAt, at),
  };
  log[warning.isSerious ? 'error' : 'warn'](about, 'the marketplace credential needs replacing');
}

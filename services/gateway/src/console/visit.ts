import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { PublicRouter } from '@landfall/contracts/api';
import type { OpenSession } from '../operators/sessions.ts';

export interface ConsoleEnv {
  Bindings: { incoming: IncomingMessage };
}

export type ConsoleContext = Context<ConsoleEnv>;

/** A request of a signed-in person. */
export interface Visit {
  readonly session: OpenSession;
  /** In every form. Other sites cannot know it. */
  readonly formKey: string;
  /** The publisher that the person chose. Undefined: all, or the only one. */
  readonly publisherId: string | undefined;
  /** Where people and programs reach this installation. */
  readonly publicUrl: string;
  readonly api: ReturnType<PublicRouter['createCaller']>;
  /** The same without the chosen publisher. */
  readonly everywhere: ReturnType<PublicRouter['createCaller']>;
}

/** A form of ours that a signed-in person sent. */
export interface SentForm {
  readonly visit: Visit;
  readonly fields: Readonly<Record<string, string>>;
}

export function formKeyOf(token: string): string {
  return createHash('sha256').update(`console form ${token}`).digest('base64url');
}

/** The page of keys and people of a publisher, or for all that the person may see. */
export function accessPath(publisherId: string | undefined): string {
  return publisherId === undefined
    ? '/console/access'
    : `/console/access?publisher=${encodeURIComponent(publisherId)}`;
}

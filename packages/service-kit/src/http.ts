import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Hono } from 'hono';
import type { Logger } from './log.ts';

export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

export type Readiness = Record<string, boolean>;
export type FetchHandler = (request: Request) => Response | Promise<Response>;

export interface HttpOptions {
  readonly app: Pick<Hono, 'fetch'> | FetchHandler;
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  readonly ready: () => Promise<Readiness>;
  readonly raw?: ((req: IncomingMessage, res: ServerResponse) => boolean) | undefined;
  readonly maxBodyBytes?: number | undefined;
}

export async function serveHttp(_options: HttpOptions): Promise<HttpServer> {
  throw new Error('being written');
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { openBenchServers } from '../fixture.ts';
import type { ServiceProcess } from '../service-process.ts';
import type { WebhookLoad, WebhookLoadResult } from './webhook-load.ts';

const LOAD_FILE = new URL('webhook-load.ts', import.meta.url);

/** Calls any webhook address with unique, genuine notifications from a process of its own. Throws unless all were answered. */
export async function callWebhook(load: WebhookLoad): Promise<WebhookLoadResult> {
  const child = fork(LOAD_FILE, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    child.send(load);
    const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [
      { readonly result?: WebhookLoadResult; readonly error?: string } | number | null,
    ];
    if (typeof answer !== 'object' || !answer?.result) {
      const reason = typeof answer === 'object' ? answer?.error : `exit code ${answer}`;
      throw new Error(`the calls failed: ${reason}`);
    }
    return answer.result;
  } finally {
    child.kill();
  }
}

/** Starts webhook-ingest. Also returns a token of the marketplace that it accepts. */
export async function startIngest({
  authorityUrl,
  identities,
  start,
}: BenchServers): Promise<{ readonly ingest: ServiceProcess; readonly token: string }> {
  const { publisher, fulfillmentApp, marketplaceClient } = identities;
  const token = await marketplaceToken({
    url: authorityUrl,
    tenantId: publisher.tenantId,
    audience: fulfillmentApp.clientId,
    client: marketplaceClient,
  });
  return { ingest: await start('webhook-ingest', {}), token };
}

type BenchServers = Awaited<ReturnType<typeof openBenchServers>>;

/** The token that the emulator's marketplace sends to the publisher's webhook. */
async function marketplaceToken(authority: {
  readonly url: string;
  readonly tenantId: string;
  readonly audience: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
}): Promise<string> {
  const { url, tenantId, audience, client } = authority;
  const response = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      scope: `${audience}/.default`,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`no token was issued (${response.status})`);
  return token;
}

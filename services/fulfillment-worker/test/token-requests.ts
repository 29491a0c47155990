import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountedAuthority extends AsyncDisposable {
  readonly url: string;
  /** Number of token requests so far. */
  count(): number;
  /** Number of token requests with this secret. */
  countWith(clientSecret: string): number;
}

/** A proxy in front of the authority that counts a worker's requests and changes nothing else. */
export async function countTokenRequests(authorityUrl: string): Promise<CountedAuthority> {
  const secrets: (string | null)[] = [];
  const pass = async (incoming: IncomingMessage) => {
    const wanted = new URL(incoming.url ?? '/', authorityUrl);
    const sent = await textOf(incoming);
    if (wanted.pathname.endsWith('/token')) {
      secrets.push(new URLSearchParams(sent).get('client_secret'));
    }
    const answer = await fetch(wanted, {
      method: incoming.method ?? 'GET',
      headers: { 'content-type': incoming.headers['content-type'] ?? '' },
      body: incoming.method === 'POST' ? sent : null,
    });
    // The discovery document must name the address of this proxy.
    return { status: answer.status, body: (await answer.text()).replaceAll(authorityUrl, url) };
  };
  const server = createServer((incoming, answer) => {
    pass(incoming).then(
      ({ status, body }) =>
        answer.writeHead(status, { 'content-type': 'application/json' }).end(body),
      () => answer.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    count: () => secrets.length,
    countWith: (clientSecret) => secrets.filter((secret) => secret === clientSecret).length,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
}

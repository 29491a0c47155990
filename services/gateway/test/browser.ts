import type { Gateway } from './fixture.ts';

/** What the app sends with a command: the browser's own header, and one that forms cannot send. */
export const OWN_COMMAND = { 'sec-fetch-site': 'same-origin', 'landfall-console': '1' };

interface Answer {
  readonly result?: { readonly data: unknown };
  readonly error?: { readonly data: { readonly rejection?: string } };
}

/** A browser as far as the console needs one: cookies, redirects, and the headers that browsers send. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  readonly gateway: Gateway;

  constructor(gateway: Gateway) {
    this.gateway = gateway;
  }

  /** Opens an address of the gateway or of Entra. Follows redirects. */
  async open(
    address: string,
    init: RequestInit = {},
  ): Promise<{ page: string; status: number; url: URL }> {
    let url = new URL(address, this.gateway.url);
    let options: RequestInit = init;
    for (let hops = 0; hops < 10; hops += 1) {
      const cookies = this.#of(url);
      const headers = new Headers(options.headers);
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
      // oxlint-disable-next-line no-await-in-loop -- Each hop needs the one before.
      const answer = await fetch(url, { ...options, headers, redirect: 'manual' });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (/max-age=0/i.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      // oxlint-disable-next-line no-await-in-loop
      if (location === null) return { page: await answer.text(), status: answer.status, url };
      url = new URL(location, url);
      options = {};
    }
    throw new Error('too many redirects');
  }

  /** Sends a form of one of our pages. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
  ) {
    return this.open(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      // Our pages have the policy no-referrer, so browsers do not name the origin of a form.
      headers: { 'sec-fetch-site': 'same-origin', origin: 'null', ...headers },
    });
  }

  /** Begins the sign-in, picks the person on Entra's page, and returns the page that follows. */
  async signIn(email: string, begin = '/console/sign-in/start?account=other') {
    const at = await this.open(begin);
    return this.pick(at.url, email);
  }

  pick(at: URL, email: string) {
    return this.open(at.href, { method: 'POST', body: new URLSearchParams({ pick: email }) });
  }

  /** Calls a procedure as the console's app does. */
  async call(
    procedure: string,
    input: object = {},
    headers: Readonly<Record<string, string>> = OWN_COMMAND,
  ) {
    const { page, status } = await this.open(`/trpc/${procedure}`, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: { 'content-type': 'application/json', ...headers },
    });
    return { status, ...(JSON.parse(page) as Answer) };
  }

  cookie(name: string): string | undefined {
    return this.#of(new URL(this.gateway.url)).get(name);
  }

  #of({ origin }: URL): Map<string, string> {
    const known = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, known);
    return known;
  }
}

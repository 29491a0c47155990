/**
 * The part of a browser that these tests need: keeps cookies per host, follows redirects, sends
 * `Sec-Fetch-Site`, and records every visited address.
 */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly visited: string[] = [];
  /** All `Set-Cookie` headers. */
  readonly set: string[] = [];

  async get(url: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.#follow(url, { method: 'GET', headers });
  }

  async post(
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
  ): Promise<Page> {
    const body = new URLSearchParams(fields).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.#follow(url, { method: 'POST', headers: { ...type, ...headers }, body });
  }

  /** One request, without following redirects. */
  async once(url: string, init: RequestInit = {}): Promise<Response> {
    this.visited.push(url);
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      this.set.push(line);
      const [pair = '', ...attributes] = line.split('; ');
      const name = pair.slice(0, pair.indexOf('='));
      const isGone = attributes.some((one) => /^max-age=0$/i.test(one));
      if (isGone) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
    return response;
  }

  cookie(url: string, name: string): string | undefined {
    return this.#cookies.get(new URL(url).host)?.get(name);
  }

  setCookie(url: string, name: string, value: string): void {
    const { host } = new URL(url);
    this.#cookies.set(
      host,
      (this.#cookies.get(host) ?? new Map<string, string>()).set(name, value),
    );
  }

  /** A second browser with the same cookies, like another tab. */
  copy(): Browser {
    const other = new Browser();
    for (const [host, jar] of this.#cookies) other.#cookies.set(host, new Map(jar));
    return other;
  }

  async #follow(url: string, init: RequestInit): Promise<Page> {
    let response = await this.once(url, init);
    let at = url;
    for (let hops = 0; hops < MAX_HOPS; hops += 1) {
      const location = response.headers.get('location');
      if (!location) return new Page(at, response, await response.text());
      at = new URL(location, at).href;
      response = await this.once(at);
    }
    throw new Error(`redirected more than ${MAX_HOPS} times, last to ${at}`);
  }
}

/** More redirects than sign-in needs. Browsers give up at 20. */
const MAX_HOPS = 15;

export class Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;

  constructor(url: string, response: Response, html: string) {
    this.url = url;
    this.status = response.status;
    this.headers = response.headers;
    this.html = html;
  }

  get path(): string {
    return new URL(this.url).pathname;
  }

  get heading(): string {
    const [, text = ''] = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(this.html) ?? [];
    return text.trim();
  }

  /** The value of a form field. */
  field(name: string): string {
    const tag = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(this.html)?.[0] ?? '';
    return /value="([^"]*)"/.exec(tag)?.[1] ?? '';
  }
}

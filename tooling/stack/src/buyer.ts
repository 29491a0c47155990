import { parse, type HTMLElement } from 'node-html-parser';
import type { StackDescription } from './stack-file.ts';

/** Sign-in and landing take about ten redirects; more is a loop. */
const MAX_REDIRECTS = 20;

export type TestPerson = StackDescription['people'][number];

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly html: HTMLElement;
}

/**
 * A person with a browser, as far as pages without script need one: follows redirects, keeps cookies
 * per origin, fills in forms. What works for it works for somebody whose browser runs no script.
 */
export class Buyer {
  readonly #person: TestPerson;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(person: TestPerson) {
    this.#person = person;
  }

  /** Opens the landing page as "Configure account" does, signing in where asked to. */
  async open(url: string): Promise<Page> {
    const page = await this.#request(url);
    return this.#signInIfAsked(page);
  }

  /** What this person's browser would send along; for a program that asks for pages by itself. */
  cookiesFor(url: string): string {
    return this.#cookieHeader(new URL(url));
  }

  /** Sends the form whose action ends with `action`, with its own values and the given ones. */
  async submit(page: Page, action: string, values: Record<string, string> = {}): Promise<Page> {
    const form = page.html
      .querySelectorAll('form')
      .find((one) => (one.getAttribute('action') ?? '').split('?')[0]?.endsWith(action));
    if (!form) throw new Error(`${page.url} (HTTP ${page.status}) has no form for ${action}`);
    return this.#submitForm(page, form, values);
  }

  async #submitForm(page: Page, form: HTMLElement, values: Record<string, string>): Promise<Page> {
    const body = new URLSearchParams();
    for (const field of form.querySelectorAll('input, select')) fill(body, field);
    // Of several buttons a browser sends the one that is pressed: here always the first.
    const [button] = form.querySelectorAll('button');
    if (button) fill(body, button);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    const target = new URL(form.getAttribute('action') ?? page.url, page.url).href;
    return this.#request(target, body);
  }

  /** The local authority shows its people as buttons with their addresses. */
  async #signInIfAsked(page: Page): Promise<Page> {
    for (const form of page.html.querySelectorAll('form')) {
      const button = form
        .querySelectorAll('button')
        .find((one) => one.getAttribute('value') === this.#person.email);
      const name = button?.getAttribute('name');
      if (name) return this.#submitForm(page, form, { [name]: this.#person.email });
    }
    return page;
  }

  async #request(url: string, body?: URLSearchParams): Promise<Page> {
    let target = new URL(url);
    let form = body;
    for (let hop = 0; hop < MAX_REDIRECTS; hop += 1) {
      const response = await fetch(target, {
        method: form ? 'POST' : 'GET',
        redirect: 'manual',
        headers: {
          cookie: this.#cookieHeader(target),
          ...(form
            ? { 'content-type': 'application/x-www-form-urlencoded', origin: target.origin }
            : {}),
        },
        ...(form ? { body: form.toString() } : {}),
      });
      this.#keepCookies(target, response);
      const location = response.headers.get('location');
      if (!location) {
        return {
          url: target.href,
          status: response.status,
          html: parse(await response.text()),
        };
      }
      await response.body?.cancel();
      target = new URL(location, target);
      form = undefined;
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects from ${new URL(url).pathname}`);
  }

  #cookieHeader(url: URL): string {
    const jar = this.#cookies.get(url.origin);
    return jar ? [...jar].map(([name, value]) => `${name}=${value}`).join('; ') : '';
  }

  #keepCookies(url: URL, response: Response): void {
    const jar = this.#cookies.get(url.origin) ?? new Map<string, string>();
    this.#cookies.set(url.origin, jar);
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, pair.slice(at + 1).trim());
    }
  }
}

/**
 * Boxes are ticked by the given values only, as a person would. What a publisher asks and must know is
 * answered with whatever fits.
 */
function fill(body: URLSearchParams, field: HTMLElement): void {
  const name = field.getAttribute('name');
  const type = field.getAttribute('type') ?? '';
  const isBox = ['checkbox', 'radio'].includes(type);
  const value = isBox ? '' : (field.getAttribute('value') ?? '');
  const isAsked = name?.startsWith('answer.') && field.hasAttribute('required') && !value;
  if (name && isAsked) body.set(name, anyAnswer(field, type));
  else if (name && !isBox) body.set(name, value);
}

function anyAnswer(field: HTMLElement, type: string): string {
  const options = field.querySelectorAll('option').map((one) => one.getAttribute('value') ?? '');
  if (options.length > 0) return options.find((value) => value !== '') ?? '';
  if (type === 'checkbox') return field.getAttribute('value') ?? 'yes';
  if (type === 'number') return field.getAttribute('min') ?? '1';
  return type === 'email' ? 'someone@fabrikam.example' : 'Fabrikam';
}

import { PATIENCE_MS } from '@landfall/config/patience';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Buyer } from '../fixture/buyer.ts';
import {
  buy,
  configureAccountUrl,
  confirmOnLandingPage,
  type Purchase,
} from '../scenarios/buying.ts';
import { until } from '@landfall/servers/wait';
import { openStackClient, type StackClient } from '../fixture/stack-client.ts';
import type { Said } from './said.ts';
import type { StackDescription } from '../launch/stack-file.ts';

/** One page that a person can meet, and how to get there. */
export interface PageState {
  /** In words that make a file name: `confirm-per-seat`. */
  readonly name: string;
  /** What somebody who looks at it should find. */
  readonly shows: string;
  /** The sentences that it is there to show, in each language. */
  readonly says: readonly [Said, ...Said[]];
  /** What must not be on it: a price that may be wrong, what a stranger may not see. */
  readonly hides?: readonly string[];
  /** It changes something for everybody: it is reached while nobody else is on the way. */
  readonly isAlone?: boolean;
  /** Ends on the page. What it changes for everybody it takes back with `fixture.after`. */
  readonly reach: (fixture: GalleryFixture) => Promise<Page>;
}

export interface Purchased {
  readonly subscriptionId: string;
  readonly landingUrl: string;
}

/** Where a state is reached: a running stack, and browsers that know nothing of each other. */
export class GalleryFixture implements AsyncDisposable {
  readonly client: StackClient;
  readonly #browser: Browser;
  readonly #options: BrowserContextOptions;
  readonly #cleanUp = new AsyncDisposableStack();

  constructor(stack: StackDescription, browser: Browser, options: BrowserContextOptions = {}) {
    this.client = openStackClient(stack);
    this.#browser = browser;
    this.#options = options;
  }

  /** Runs when the state is left, last one first. */
  after(undo: () => Promise<unknown>): void {
    this.#cleanUp.defer(async () => void (await undo()));
  }

  /** A page in a fresh profile. */
  async visitor(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ ...this.#options, ...options });
    this.after(() => context.close());
    context.setDefaultTimeout(PATIENCE_MS);
    return context.newPage();
  }

  /** Opens an address of landing's and picks the person where the authority asks. */
  async open(
    url: string,
    person: string | undefined,
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const page = await this.visitor(options);
    await page.goto(url);
    if (person) await this.signIn(page, person);
    return page;
  }

  /** On the authority's page: one click on the person. Elsewhere nothing. */
  async signIn(page: Page, person: string): Promise<void> {
    const { email } = this.client.person(person);
    const button = page.locator(`button[name=pick][value="${email}"]`);
    if (await button.count()) await button.click();
  }

  /** Bought; nobody has opened the landing page. */
  buy(purchase: Purchase): Promise<Purchased> {
    return buy(this, purchase);
  }

  /** Bought, and confirmed on the landing page by who has to. */
  async confirmed(purchase: Purchase): Promise<Purchased> {
    const bought = await this.buy(purchase);
    const who = purchase.purchaser ?? purchase.beneficiary;
    await confirmOnLandingPage(this, bought.landingUrl, who);
    return bought;
  }

  /** In force, on both sides. */
  async active(purchase: Purchase): Promise<Purchased> {
    const bought = await this.confirmed(purchase);
    await this.reaches(bought.subscriptionId, 'Subscribed');
    return bought;
  }

  /** Waits until Landfall's own record has this status. */
  async reaches(subscriptionId: string, status: string): Promise<void> {
    await until(`${subscriptionId} is ${status}`, async () => {
      const view = await this.client.api.subscriptions.get
        .query({ subscriptionId })
        .catch(() => undefined);
      return view?.status === status ? true : undefined;
    });
  }

  /** A fresh "Configure account" address. */
  configureUrl(subscriptionId: string): Promise<string> {
    return configureAccountUrl(this, subscriptionId);
  }

  /** A person who needs no browser: for what has to happen before the page that is looked at. */
  person(name: string): Buyer {
    return new Buyer(this.client.person(name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

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

/** One page that a person can see, and how to reach it. */
export interface PageState {
  /** Usable as a file name: `confirm-per-seat`. */
  readonly name: string;
  /** What a viewer should find on it. */
  readonly shows: string;
  /** The messages that it must show, in each language. */
  readonly says: readonly [Said, ...Said[]];
  /**
   * Texts that must not be on it, such as a price that may be wrong or details that a stranger must
   * not see.
   */
  readonly hides?: readonly string[];
  /** It changes something that all states share, so no other state is reached at the same time. */
  readonly isAlone?: boolean;
  /** Ends on the page. Undoes changes to shared settings with `fixture.after`. */
  readonly reach: (fixture: GalleryFixture) => Promise<Page>;
}

export interface Purchased {
  readonly subscriptionId: string;
  readonly landingUrl: string;
}

/** What a state needs: a running stack, and separate browser profiles. */
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

  /** Registers `undo`, which runs when the state ends, the last one first. */
  after(undo: () => Promise<unknown>): void {
    this.#cleanUp.defer(async () => void (await undo()));
  }

  /** Opens an empty page in a new browser profile. */
  async visitor(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ ...this.#options, ...options });
    this.after(() => context.close());
    context.setDefaultTimeout(PATIENCE_MS);
    return context.newPage();
  }

  /** Opens an address of the landing service, and chooses the person if the authority asks. */
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

  /** Chooses the person on the authority's page. Does nothing on other pages. */
  async signIn(page: Page, person: string): Promise<void> {
    const { email } = this.client.person(person);
    const button = page.locator(`button[name=pick][value="${email}"]`);
    if (await button.count()) await button.click();
  }

  /** Buys. The landing page has not been opened. */
  buy(purchase: Purchase): Promise<Purchased> {
    return buy(this, purchase);
  }

  /** Buys and confirms on the landing page, as the person who must confirm. */
  async confirmed(purchase: Purchase): Promise<Purchased> {
    const bought = await this.buy(purchase);
    const who = purchase.purchaser ?? purchase.beneficiary;
    await confirmOnLandingPage(this, bought.landingUrl, who);
    return bought;
  }

  /** Buys, confirms, and waits until the subscription is active on both sides. */
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

  /** A new "Configure account" address. */
  configureUrl(subscriptionId: string): Promise<string> {
    return configureAccountUrl(this, subscriptionId);
  }

  /** A person without a browser, for steps before the page of interest. */
  person(name: string): Buyer {
    return new Buyer(this.client.person(name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cleanUp.disposeAsync();
  }
}

import type { Browser } from 'playwright-core';
import { launchChromium } from './chromium.ts';

/**
 * Lends browsers to tests that run in parallel. Each borrower has its own browser, so a browser
 * that dies affects only one borrower, and the next borrower gets a new one.
 */
export class Browsers implements AsyncDisposable {
  readonly #launch: () => Promise<Browser>;
  readonly #launched = new Set<Browser>();
  #idle: Browser[] = [];

  constructor(launch: () => Promise<Browser> = launchChromium) {
    this.#launch = launch;
  }

  async borrow(): Promise<AsyncDisposable & { readonly browser: Browser }> {
    this.#idle = this.#idle.filter((browser) => browser.isConnected());
    const browser = this.#idle.pop() ?? (await this.#start());
    return { browser, [Symbol.asyncDispose]: () => this.#takeBack(browser) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#launched].map((browser) => browser.close()));
  }

  async #start(): Promise<Browser> {
    const browser = await this.#launch();
    this.#launched.add(browser);
    browser.on('disconnected', () => this.#launched.delete(browser));
    return browser;
  }

  async #takeBack(browser: Browser): Promise<void> {
    await Promise.all(browser.contexts().map((context) => context.close()));
    this.#idle.push(browser);
  }
}

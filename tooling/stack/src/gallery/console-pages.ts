import type { Page } from 'playwright-core';
import type { GalleryFixture, PageState } from './fixture.ts';

/** A page of the console, for `npm run screenshots`. */
interface ConsolePage {
  /** Usable as a file name. */
  readonly name: string;
  /** Below `/console`, with filters. A function for pages of a thing, whose id is known only then. */
  readonly path: string | ((fixture: GalleryFixture) => Promise<string>);
  /** What a viewer should find on it. */
  readonly shows: string;
}

/** One line per page. The stack has the first purchases of `npm start`. */
const consolePages: readonly ConsolePage[] = [
  { name: 'console-home', path: '/', shows: 'the first page, with the menu' },
  { name: 'console-matters', path: '/matters', shows: 'what needs a person, by due time' },
  { name: 'console-destinations', path: '/destinations', shows: 'where events are delivered' },
];

/** The pages as states of the gallery, opened by the admin. */
export const consoleStates: readonly Pick<PageState, 'name' | 'shows' | 'reach'>[] = [
  {
    name: 'console-sign-in',
    shows: 'the way in, with one button',
    reach: async (fixture) => fixture.open(`${fixture.client.stack.consoleUrl}/sign-in`, undefined),
  },
  {
    name: 'console-signed-out',
    shows: 'that the session has ended, and the way back in',
    reach: async (fixture) =>
      fixture.open(`${fixture.client.stack.consoleUrl}/signed-out`, undefined),
  },
  ...consolePages.map(({ name, shows, path }) => ({
    name,
    shows,
    reach: async (fixture: GalleryFixture) =>
      openAsAdmin(fixture, typeof path === 'string' ? path : await path(fixture)),
  })),
];

async function openAsAdmin(fixture: GalleryFixture, path: string): Promise<Page> {
  const { client } = fixture;
  const { loginHint } = await client.control.signInHint(client.person('alma').email);
  const to = encodeURIComponent(`/console${path === '/' ? '' : path}`);
  const url = `${client.stack.consoleUrl}/sign-in/start?hint=${loginHint}&to=${to}`;
  const page = await fixture.open(url, undefined);
  await page.locator('h1').first().waitFor();
  // Lists are shown when their first page has arrived.
  await page.waitForLoadState('networkidle');
  return page;
}

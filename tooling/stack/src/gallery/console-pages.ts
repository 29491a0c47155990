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
  { name: 'console-inbox', path: '/inbox', shows: 'notifications and their answers' },
  { name: 'console-callers', path: '/inbox?tab=callers', shows: 'why callers were refused' },
  { name: 'console-operations', path: '/operations', shows: 'operations with their decisions' },
  { name: 'console-rules', path: '/rules', shows: 'the rules, as sentences' },
  { name: 'console-rules-test', path: '/rules?tab=test', shows: 'what the rules would decide' },
  { name: 'console-rules-report', path: '/rules?tab=report', shows: 'how decisions turned out' },
  { name: 'console-deliveries', path: '/deliveries', shows: 'events that were sent' },
  { name: 'console-destinations', path: '/destinations', shows: 'where events are delivered' },
  {
    name: 'console-new-destination',
    path: '/destinations/new',
    shows: 'the channels to choose from',
  },
  {
    name: 'console-new-teams',
    path: '/destinations/new?channel=teams',
    shows: 'what to prepare, and the form',
  },
  { name: 'console-mails', path: '/mails', shows: 'what customers are told, and by whom' },
  {
    name: 'console-landing-page',
    path: '/pages/teamdesk?of=contoso',
    shows: 'the editor of landing pages, with the page beside it',
  },
  { name: 'console-reconciliation', path: '/reconciliation', shows: 'comparisons with Microsoft' },
  {
    name: 'console-usage',
    path: '/usage',
    shows: 'usage on its way to Microsoft, what is not billed first',
  },
  { name: 'console-statements', path: '/usage/statements', shows: 'the statements of a month' },
  {
    name: 'console-catalogue',
    path: '/catalogue',
    shows: 'plans as Microsoft has them, with included quantities',
  },
  { name: 'console-keys', path: '/keys', shows: 'API keys with their scopes and ends' },
  { name: 'console-people', path: '/people', shows: 'who may sign in, and what the roles allow' },
  { name: 'console-audit', path: '/audit', shows: 'who did what, and why' },
  {
    name: 'console-subscriptions',
    path: '/subscriptions',
    shows: 'every purchase, and what it waits for',
  },
  { name: 'console-calendar', path: '/calendar', shows: 'what happens and what is due, by day' },
  { name: 'console-publishers', path: '/publishers', shows: 'sellers and their credentials' },
  { name: 'console-setup', path: '/setup', shows: 'values to enter, with ticks and checks' },
  { name: 'console-doctor', path: '/doctor', shows: 'what is wrong, with the next step' },
  { name: 'console-health', path: '/health', shows: 'services, alerts and stopped work' },
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

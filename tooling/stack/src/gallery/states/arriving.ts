import { randomUUID } from 'node:crypto';
import type { PageState } from '../fixture.ts';

const FLAT = { offerId: 'analytics', planId: 'starter' };
/** A purchase token is valid for 24 hours. */
const A_DAY_AND_A_MINUTE_MS = (24 * 60 + 1) * 60_000;

/**
 * Pages before a purchase can be shown: no token, an invalid one, or a problem with the sign-in.
 */
export const arriving: readonly PageState[] = [
  {
    name: 'arrive-without-token',
    shows: 'How to get here from Microsoft, for someone who opened the page directly',
    says: ['guide.title', 'guide.lead', 'guide.azure.configure'],
    reach: (fixture) => fixture.open(fixture.client.stack.landingUrl, undefined),
  },
  {
    name: 'arrive-damaged-token',
    shows: 'That the link is not valid, and how to get a new one',
    says: ['guide.expired', 'guide.expiredLead'],
    async reach(fixture) {
      const url = new URL(fixture.client.stack.landingUrl);
      // A header with this text would be split, so it cannot be a token.
      url.searchParams.set('token', 'damaged\r\non the way');
      return fixture.open(url.href, 'ada');
    },
  },
  {
    name: 'arrive-consent-refused',
    isAlone: true,
    shows: 'That an administrator must consent, with what the administrator needs',
    says: ['signIn.notCompleted', 'signIn.notCompletedLead', 'signIn.forAdmin', 'signIn.scopes'],
    async reach(fixture) {
      const { control } = fixture.client;
      const { consentRefused } = await control.settings();
      fixture.after(() => control.updateSettings({ consentRefused }));
      const { tenantId } = fixture.client.person('ada');
      await control.updateSettings({ consentRefused: { [tenantId]: 'access_denied' } });
      const { landingUrl } = await fixture.buy(FLAT);
      return fixture.open(landingUrl, 'ada');
    },
  },
  {
    name: 'arrive-sign-in-cancelled',
    shows: 'That the sign-in was not completed, and that the purchase is not lost',
    says: ['signIn.notCompleted', 'signIn.tryAgain'],
    async reach(fixture) {
      const { landingUrl } = await fixture.buy(FLAT);
      const page = await fixture.open(landingUrl, undefined);
      await page.locator('button[name=cancel]').click();
      return page;
    },
  },
  {
    name: 'arrive-without-cookies',
    shows: 'That the browser blocks cookies, before the sign-in starts, and what to do',
    says: ['signIn.cookies', 'signIn.cookiesLead', 'signIn.cookiesNote'],
    reach: (fixture) =>
      fixture.open(
        `${fixture.client.stack.landingUrl}/purchase/${randomUUID()}?arrived`,
        undefined,
      ),
  },
  {
    name: 'arrive-cookies-lost',
    shows: 'That the sign-in must start again, and that blocked cookies may be the reason',
    says: ['signIn.again', 'signIn.againLead', 'signIn.againCookies'],
    async reach(fixture) {
      const { landingUrl } = await fixture.buy(FLAT);
      const page = await fixture.open(landingUrl, undefined);
      await page.context().clearCookies();
      await fixture.signIn(page, 'ada');
      return page;
    },
  },
  {
    name: 'arrive-forwarded-link',
    shows: 'No details of the purchase, to a person of another organisation',
    says: [
      'standing.stranger',
      'signIn.as',
      'signIn.memberLead',
      'signIn.organisation',
      'signIn.otherAccount',
    ],
    hides: ['Starter', 'Ada'],
    async reach(fixture) {
      const { landingUrl } = await fixture.buy(FLAT);
      return fixture.open(landingUrl, 'tara');
    },
  },
  {
    name: 'arrive-personal-account-of-directory',
    shows: 'How to sign in to the directory that bought, to its owner with a personal account',
    says: ['standing.stranger', 'signIn.personalLead', 'signIn.organisation'],
    hides: ['Starter'],
    async reach(fixture) {
      const { landingUrl } = await fixture.buy({ ...FLAT, beneficiary: 'mia' });
      return fixture.open(landingUrl, 'mia');
    },
  },
  {
    name: 'arrive-guest',
    shows: 'To a guest of the organisation that bought: that a member must set it up',
    says: ['standing.stranger', 'signIn.guestLead'],
    hides: ['Starter'],
    async reach(fixture) {
      const { landingUrl } = await fixture.buy(FLAT);
      return fixture.open(landingUrl, 'gus');
    },
  },
  {
    name: 'arrive-microsoft-down',
    isAlone: true,
    shows: 'That Microsoft does not answer, and that the page tries again',
    says: ['trouble.unavailable', 'trouble.unavailableLead', 'trouble.retriesItself'],
    async reach(fixture) {
      const { control } = fixture.client;
      const { landingUrl } = await fixture.buy(FLAT);
      const fault = await control.addFault({ endpoint: 'resolve', status: 503 });
      fixture.after(() => control.removeFault(fault.id));
      return fixture.open(landingUrl, 'ada');
    },
  },
  {
    name: 'unknown-address',
    shows: 'That the page does not exist',
    says: ['trouble.notFound', 'trouble.notFoundLead'],
    reach: (fixture) => fixture.open(`${fixture.client.stack.landingUrl}/no-such-page`, undefined),
  },
  {
    name: 'arrive-unconfirmed',
    isAlone: true,
    shows: 'That Microsoft has not confirmed the purchase yet, and that the page tries again',
    says: ['guide.confirming', 'guide.confirmingLead', 'standing.lookAgain'],
    async reach(fixture) {
      const { landingUrl } = await fixture.buy(FLAT);
      await fixture.client.control.advance(A_DAY_AND_A_MINUTE_MS);
      return fixture.open(landingUrl, 'ada');
    },
  },
];

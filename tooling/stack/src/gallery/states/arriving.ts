import { randomUUID } from 'node:crypto';
import type { PageState } from '../scene.ts';

const FLAT = { offerId: 'analytics', planId: 'starter' };
/** A purchase token lives for 24 hours. */
const A_DAY_AND_A_MINUTE_MS = (24 * 60 + 1) * 60_000;

/** Before anything of a purchase can be shown: no token, a bad one, trouble with the sign-in. */
export const arriving: readonly PageState[] = [
  {
    name: 'arrive-without-token',
    shows: 'How to get here from Microsoft, for somebody who came by himself',
    says: ['guide.title', 'guide.lead', 'guide.azure.configure'],
    reach: (scene) => scene.open(scene.world.stack.landingUrl, undefined),
  },
  {
    name: 'arrive-damaged-token',
    shows: 'That the link is not usable and how to get another',
    says: ['guide.expired', 'guide.expiredLead'],
    async reach(scene) {
      const url = new URL(scene.world.stack.landingUrl);
      // A header that carried it would be split, so it is no token at all.
      url.searchParams.set('token', 'damaged\r\non the way');
      return scene.open(url.href, 'ada');
    },
  },
  {
    name: 'arrive-consent-refused',
    isAlone: true,
    shows: 'That the organisation asks an administrator, with what the administrator needs',
    says: ['signIn.notCompleted', 'signIn.notCompletedLead', 'signIn.forAdmin', 'signIn.scopes'],
    async reach(scene) {
      const { control } = scene.world;
      const { consentRefused } = await control.settings();
      scene.after(() => control.updateSettings({ consentRefused }));
      const { tenantId } = scene.world.person('ada');
      await control.updateSettings({ consentRefused: { [tenantId]: 'access_denied' } });
      const { landingUrl } = await scene.buy(FLAT);
      return scene.open(landingUrl, 'ada');
    },
  },
  {
    name: 'arrive-sign-in-cancelled',
    shows: 'That the sign-in was not completed and that the purchase is kept',
    says: ['signIn.notCompleted', 'signIn.tryAgain'],
    async reach(scene) {
      const { landingUrl } = await scene.buy(FLAT);
      const page = await scene.open(landingUrl, undefined);
      await page.locator('button[name=cancel]').click();
      return page;
    },
  },
  {
    name: 'arrive-without-cookies',
    shows: 'That the browser keeps no cookies, before it is sent to sign in, and what to do',
    says: ['signIn.cookies', 'signIn.cookiesLead', 'signIn.cookiesNote'],
    reach: (scene) =>
      scene.open(`${scene.world.stack.landingUrl}/purchase/${randomUUID()}?arrived`, undefined),
  },
  {
    name: 'arrive-cookies-lost',
    shows: 'That the sign-in has to be begun again, and that it may be for want of cookies',
    says: ['signIn.again', 'signIn.againLead', 'signIn.againCookies'],
    async reach(scene) {
      const { landingUrl } = await scene.buy(FLAT);
      const page = await scene.open(landingUrl, undefined);
      await page.context().clearCookies();
      await scene.signIn(page, 'ada');
      return page;
    },
  },
  {
    name: 'arrive-forwarded-link',
    shows: 'Nothing of the purchase, to somebody of a third organisation',
    says: [
      'standing.stranger',
      'signIn.as',
      'signIn.memberLead',
      'signIn.organisation',
      'signIn.otherAccount',
    ],
    hides: ['Starter', 'Ada'],
    async reach(scene) {
      const { landingUrl } = await scene.buy(FLAT);
      return scene.open(landingUrl, 'tara');
    },
  },
  {
    name: 'arrive-personal-account-of-directory',
    shows:
      'The way to the directory that bought, to its owner who signed in with a personal account',
    says: ['standing.stranger', 'signIn.personalLead', 'signIn.organisation'],
    hides: ['Starter'],
    async reach(scene) {
      const { landingUrl } = await scene.buy({ ...FLAT, beneficiary: 'mia' });
      return scene.open(landingUrl, 'mia');
    },
  },
  {
    name: 'arrive-guest',
    shows: 'To a guest of the organisation that bought: that a member has to set it up',
    says: ['standing.stranger', 'signIn.guestLead'],
    hides: ['Starter'],
    async reach(scene) {
      const { landingUrl } = await scene.buy(FLAT);
      return scene.open(landingUrl, 'gus');
    },
  },
  {
    name: 'arrive-microsoft-down',
    isAlone: true,
    shows: 'That Microsoft does not answer and that the page tries again',
    says: ['trouble.unavailable', 'trouble.unavailableLead', 'trouble.retriesItself'],
    async reach(scene) {
      const { control } = scene.world;
      const { landingUrl } = await scene.buy(FLAT);
      const fault = await control.addFault({ endpoint: 'resolve', status: 503 });
      scene.after(() => control.removeFault(fault.id));
      return scene.open(landingUrl, 'ada');
    },
  },
  {
    name: 'unknown-address',
    shows: 'That there is no such page',
    says: ['trouble.notFound', 'trouble.notFoundLead'],
    reach: (scene) => scene.open(`${scene.world.stack.landingUrl}/no-such-page`, undefined),
  },
  {
    name: 'arrive-unconfirmed',
    isAlone: true,
    shows: 'That Microsoft did not confirm the purchase yet, and that the page tries again',
    says: ['guide.confirming', 'guide.confirmingLead', 'standing.lookAgain'],
    async reach(scene) {
      const { landingUrl } = await scene.buy(FLAT);
      await scene.world.control.advance(A_DAY_AND_A_MINUTE_MS);
      return scene.open(landingUrl, 'ada');
    },
  },
];

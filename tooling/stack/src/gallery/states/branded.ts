import type { Page } from 'playwright-core';
import { setOfferPages } from '../../fixture/seed-pages.ts';
import type { PageState, GalleryFixture } from '../fixture.ts';

const TRIAL = { offerId: 'teamdesk', planId: 'trial', quantity: 3, freeTrial: true };
const FORM = 'form[action="/landing/confirm"]';

/** Pages with the publisher's name, colours, texts and questions. */
export const branded: readonly PageState[] = [
  {
    name: 'questions-asked',
    isAlone: true,
    shows: 'Logo, name and colour of the offer, and its questions of every kind for this plan',
    says: ['confirm.title', 'questions.optional', 'frame.terms', 'purchase.priceAfterTrial'],
    reach: askedPage,
  },
  {
    name: 'questions-with-problems',
    isAlone: true,
    shows: 'A list of the errors, each with a link to its field, with everything that was entered',
    says: [
      'questions.problems',
      'questions.pattern',
      'questions.chooseOne',
      { key: 'questions.small', with: { limit: '0' } },
      'confirm.emailProblem',
    ],
    async reach(fixture) {
      const page = await askedPage(fixture);
      await page.locator(FORM).evaluate((form) => {
        (form as HTMLFormElement).noValidate = true;
      });
      await page.locator('#email').fill('');
      await field(page, 'address').fill('Not With Capitals');
      await field(page, 'tickets').fill('-5');
      await page.locator(`${FORM} button[type=submit]`).click();
      await page.locator('[aria-invalid=true]').first().waitFor();
      return page;
    },
  },
];

async function askedPage(fixture: GalleryFixture): Promise<Page> {
  const { offerPages } = fixture.client.api;
  await setOfferPages(fixture.client);
  fixture.after(async () => {
    const { items } = await offerPages.list.query({});
    await Promise.all(
      items.map(({ publisherId, offerId, planId }) =>
        offerPages.remove.mutate({ publisherId, offerId, planId }),
      ),
    );
  });
  const { landingUrl } = await fixture.buy(TRIAL);
  const page = await fixture.open(landingUrl, 'ada');
  await field(page, 'region').first().waitFor();
  return page;
}

function field(page: Page, questionId: string) {
  return page.locator(`[name="answer.${questionId}"]`);
}

import { expect, test } from 'vitest';
import { baseOfferId } from './subscription.ts';

test.each([
  ['saasteam4-preview', 'saasteam4'],
  ['offer1 ', 'offer1'],
  ['preview-offer', 'preview-offer'],
  ['x-Preview', 'x'],
])('the offer %j belongs to %j', (offerId, base) => {
  expect(baseOfferId(offerId)).toBe(base);
});

import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const target = { publisherId: ids.publisher, offerId: 'analytics' };

const stored = {
  waitForProduct: true,
  timeoutHours: 24,
  manualApproval: ['enterprise'],
  configurationReminderDays: [7, 25],
  suspensionReminderDays: [15, 27],
  retentionDays: 90,
};

export const settings: NamespaceExamples<'settings'> = {
  get: { input: target, output: { ...stored, own: { waitForProduct: true } } },
  put: {
    input: { ...target, settings: stored },
    output: { ...stored, own: { waitForProduct: true } },
  },
};

import { expect, test } from 'vitest';
import { changeOf, textOf } from './setting-values.ts';

test('reads the words and the plans of a manual approval', () => {
  expect(changeOf('manualApproval', 'all')).toEqual({ manualApproval: 'all' });
  expect(changeOf('manualApproval', 'team, scale')).toEqual({ manualApproval: ['team', 'scale'] });
  expect(changeOf('manualApproval', ' ')).toBeUndefined();
});

test('reads days as it writes them, and refuses what is no number', () => {
  expect(changeOf('suspensionReminderDays', textOf([7, 1]))).toEqual({
    suspensionReminderDays: [7, 1],
  });
  expect(changeOf('suspensionReminderDays', '')).toEqual({ suspensionReminderDays: [] });
  expect(changeOf('suspensionReminderDays', 'soon')).toBeUndefined();
  expect(changeOf('retentionDays', '')).toBeUndefined();
});

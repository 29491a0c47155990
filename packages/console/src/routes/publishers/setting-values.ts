import type { SettingsChange } from '../../api/system.ts';

export const settingKeys = [
  'waitForProduct',
  'timeoutHours',
  'manualApproval',
  'configurationReminderDays',
  'suspensionReminderDays',
  'retentionDays',
] as const satisfies readonly (keyof SettingsChange)[];

export type SettingKey = (typeof settingKeys)[number];

/** A value as a person types it: lists are separated by commas. */
export function textOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** The change that the typed text asks for. Undefined: it is no value of this setting. The API checks the limits. */
export function changeOf(key: SettingKey, text: string): SettingsChange | undefined {
  switch (key) {
    case 'waitForProduct':
      return { waitForProduct: text === 'true' };
    case 'manualApproval': {
      const plans = listOf(text);
      const [only] = plans;
      if (only === undefined) return undefined;
      const isWord = plans.length === 1 && (only === 'none' || only === 'all');
      return { manualApproval: isWord ? only : plans };
    }
    case 'configurationReminderDays':
    case 'suspensionReminderDays': {
      const days = listOf(text).map(Number);
      return days.every(Number.isInteger) ? { [key]: days } : undefined;
    }
    default: {
      const count = Number(text);
      return text.trim() !== '' && Number.isFinite(count) ? { [key]: count } : undefined;
    }
  }
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

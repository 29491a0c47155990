import type { NamespaceExamples } from './example.ts';

const status = {
  publisherId: 'contoso',
  kind: 'secret',
  state: 'expiring',
  expiresAt: '2026-11-15T00:00:00.000Z',
  daysLeft: 12,
  lastSuccessAt: '2026-11-03T09:58:12.000Z',
  nextStep: 'Create a new secret in Microsoft Entra and configure it before this one expires.',
} as const;

export const credentials: NamespaceExamples<'credentials'> = {
  status: { input: {}, output: { ...status, publishers: [status] } },
};

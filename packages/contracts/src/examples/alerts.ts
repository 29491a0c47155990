import type { NamespaceExamples } from './example.ts';

export const alerts: NamespaceExamples<'alerts'> = {
  list: {
    input: {},
    output: {
      firing: [
        {
          alert: 'CredentialExpiring',
          service: 'fulfillment-worker',
          severity: 'warning',
          since: '2026-11-03T06:00:00.000Z',
          value: 12,
          unit: 'days',
          labels: { publisher: 'contoso' },
          meaning: 'The credential for the SaaS fulfillment API expires within 14 days.',
          nextStep: 'Create a new secret or certificate in Microsoft Entra and configure it.',
          incidentPage: 'https://landfall.example.com/docs/incidents#credential-expiring',
        },
      ],
      services: [
        { service: 'fulfillment-worker', answers: true },
        { service: 'billing-sync', answers: true },
        { service: 'webhook-ingest', answers: true },
        { service: 'landing', answers: true },
        { service: 'gateway', answers: true },
      ],
    },
  },
};

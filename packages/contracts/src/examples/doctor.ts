import type { NamespaceExamples } from './example.ts';
import { ids } from './ids.ts';

const where = 'Partner Center: the offer, Technical configuration';

export const doctor: NamespaceExamples<'doctor'> = {
  run: {
    input: { publisherId: ids.publisher },
    output: {
      worst: 'error',
      checkedAt: '2026-11-03T10:00:04.000Z',
      checks: [
        {
          check: 'webhook.reachable',
          service: 'fulfillment-worker',
          publisherId: ids.publisher,
          severity: 'error',
          finding: 'The call arrived at the webhook without its Authorization header.',
          cause:
            'A proxy in front removes the header. Every call of Microsoft is refused, and with it every change of a customer.',
          nextStep: 'Let the proxy pass the Authorization header on to the gateway unchanged.',
          details: { url: 'https://saas.contoso.com/webhook', status: '401', challenge: 'Bearer' },
          durationMs: 184,
        },
        {
          check: 'fulfillment.api',
          service: 'fulfillment-worker',
          publisherId: ids.publisher,
          severity: 'ok',
          finding: "Microsoft's API answered.",
          details: { operation: 'list', requestId: ids.change },
          durationMs: 412,
        },
      ],
    },
  },
  setup: {
    input: { publisherId: ids.publisher },
    output: {
      installation: [],
      publishers: [
        {
          publisherId: ids.publisher,
          values: [
            {
              where,
              field: 'Connection webhook',
              value: 'https://saas.contoso.com/webhook',
              isSet: true,
              why: 'Microsoft calls it for every change.',
            },
          ],
        },
      ],
    },
  },
};

export const backups: NamespaceExamples<'backups'> = {
  record: {
    input: { takenAt: '2026-11-03T02:00:00.000Z', note: 'pg_dump, nightly', wasRestored: false },
    output: { recordedAt: '2026-11-03T02:04:31.000Z' },
  },
};

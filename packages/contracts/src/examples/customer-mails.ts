import { ids } from './ids.ts';
import type { NamespaceExamples } from './example.ts';

const settings = {
  isOn: true,
  mails: ['welcome', 'ready', 'suspended', 'ended'] as const,
  language: 'en' as const,
  senderName: 'Contoso Desk',
  replyTo: 'support@contoso.com',
  productNames: { teamdesk: 'Contoso Desk' },
  includesTests: false,
  includesPartnerLed: false,
  isReady: true,
  destinationId: ids.destination,
};
const view = { ...settings, mails: [...settings.mails] };

const place = { publisherId: ids.publisher, language: 'en' as const };
const shown = {
  subject: 'Contoso Desk is ready',
  html: '<!doctype html><title>Contoso Desk is ready</title>',
  text: 'Contoso Desk is ready\n\nYour workspace is set up, and you can start now.\n',
};

export const customerMails: NamespaceExamples<'customerMails'> = {
  get: { input: { publisherId: ids.publisher }, output: view },
  put: {
    input: { publisherId: ids.publisher, settings: { isOn: true, senderName: 'Contoso Desk' } },
    output: view,
  },
  texts: {
    input: place,
    output: {
      items: [{ key: 'ready.subject', text: 'Welcome aboard', own: 'Welcome aboard' }],
    },
  },
  putText: {
    input: { ...place, key: 'ready.subject', text: 'Welcome aboard' },
    output: { key: 'ready.subject', text: 'Welcome aboard', own: 'Welcome aboard' },
  },
  preview: { input: { ...place, mail: 'ready' }, output: shown },
  test: { input: { ...place, mail: 'ready', to: 'alma@contoso.com' }, output: { isSent: true } },
};

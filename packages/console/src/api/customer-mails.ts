import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

export type CustomerMails = Awaited<ReturnType<typeof api.customerMails.get.query>>;
export type CustomerMail = CustomerMails['mails'][number];
export type MailLanguage = CustomerMails['language'];
export type MailText = Awaited<ReturnType<typeof api.customerMails.texts.query>>['items'][number];

/** Where texts apply: a language, and one offer or all. */
export interface TextPlace {
  readonly language: MailLanguage;
  readonly offerId?: string | undefined;
}

export function customerMails() {
  return queryOptions({
    queryKey: ['customerMails.get'],
    queryFn: ({ signal }) => api.customerMails.get.query({}, { signal }),
  });
}

export function mailTexts(place: TextPlace) {
  return queryOptions({
    queryKey: ['customerMails.texts', place],
    queryFn: async ({ signal }) => (await api.customerMails.texts.query(place, { signal })).items,
  });
}

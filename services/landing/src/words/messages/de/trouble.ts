import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'Einen Moment bitte',
  'trouble.unavailableLead':
    'Wir erreichen einen Dienst, den wir brauchen, gerade nicht. Ihr Kauf bleibt erhalten, es geht nichts verloren.',
  'trouble.retriesItself': 'Diese Seite versucht es von selbst erneut.',
  'trouble.tryNow': 'Jetzt erneut versuchen',
  'trouble.broken': 'Bei uns ist etwas schiefgegangen',
  'trouble.brokenLead':
    'Ihr Kauf ist davon nicht betroffen. Bitte versuchen Sie es erneut. Wenn es so bleibt, wenden Sie sich an den Support.',
  'trouble.tryAgain': 'Erneut versuchen',
  'trouble.notFound': 'Diese Seite gibt es nicht',
  'trouble.notFoundLead':
    'Oder sie gehört jemand anderem. Wenn es Ihre ist, melden Sie sich mit dem Konto an, das Sie zuvor verwendet haben.',
  'trouble.toPurchase': 'Zu Ihrem Kauf',
  'trouble.otherAccount': 'Anderes Konto verwenden',
  'trouble.formRefused': 'Bitte versuchen Sie es erneut',
  'trouble.formRefusedLead':
    'Dieses Formular war zu alt oder stammt nicht von unserer Seite. Es wurde nichts geändert.',
  'trouble.openAgain': 'Erneut öffnen',
} as const satisfies Translation<typeof source>;

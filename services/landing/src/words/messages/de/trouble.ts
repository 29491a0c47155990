import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'Einen Moment bitte',
  'trouble.unavailableLead':
    'Wir erreichen gerade einen Dienst nicht, den wir brauchen. Ihr Kauf ist sicher.',
  'trouble.retriesItself': 'Diese Seite versucht es automatisch erneut.',
  'trouble.tryNow': 'Jetzt erneut versuchen',
  'trouble.broken': 'Bei uns ist etwas schiefgegangen',
  'trouble.brokenLead':
    'Ihr Kauf ist nicht betroffen. Bitte versuchen Sie es erneut. Wenn es wieder passiert, wenden Sie sich an den Support.',
  'trouble.tryAgain': 'Erneut versuchen',
  'trouble.notFound': 'Seite nicht gefunden',
  'trouble.notFoundLead':
    'Vielleicht gibt es diese Seite nicht, oder Sie haben keinen Zugriff darauf. Wenn es Ihre Seite ist, melden Sie sich mit dem Konto an, das Sie zuvor verwendet haben.',
  'trouble.toPurchase': 'Zu Ihrem Kauf',
  'trouble.otherAccount': 'Anderes Konto verwenden',
  'trouble.formRefused': 'Das Formular wurde nicht gesendet',
  'trouble.formRefusedLead':
    'Es wurde nichts geändert. Möglicherweise haben Sie seit dem Öffnen das Konto gewechselt, oder das Formular stammt nicht von unserer Seite.',
  'trouble.openAgain': 'Erneut öffnen',
} as const satisfies Translation<typeof source>;

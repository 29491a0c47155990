import type { Translation } from '../../translation.ts';
import type { history as source } from '../en/history.ts';

export const history = {
  'history.title': 'Verlauf',
  'history.empty': 'Es ist noch nichts geschehen.',
  'history.older': 'Ältere Einträge',
  'history.newest': 'Neueste Einträge',
  'history.purchased': 'Gekauft, mit dem Plan {plan}.',
  'history.activationRequested': 'Der Kauf wurde bestätigt und die Aktivierung angefordert.',
  'history.claimed': 'Mit dem Konto Ihrer Organisation verknüpft.',
  'history.activated': 'Microsoft hat die Aktivierung bestätigt.',
  'history.activationFailed': 'Die Aktivierung ist nicht gelungen.',
  'history.provisioned': 'Ihr Bereich wurde eingerichtet.',
  'history.provisioningFailed': 'Ihr Bereich konnte nicht eingerichtet werden.',
  'history.planChanged': 'Der Plan wurde von {from} auf {to} geändert.',
  'history.planChangedEndsTrial':
    'Der Plan wurde von {from} auf {to} geändert, und die kostenlose Testversion endete.',
  'history.seatsChanged': 'Die Lizenzen wurden von {from} auf {to} geändert.',
  'history.suspended': 'Microsoft hat das Abonnement ausgesetzt, weil eine Zahlung fehlt.',
  'history.reinstated': 'Die Zahlung wurde beglichen; alles funktioniert wieder.',
  'history.renewed': 'Eine neue Laufzeit begann, bis {date}.',
  'history.renewedPlain': 'Eine neue Laufzeit begann.',
  'history.trialConverted':
    'Die kostenlose Testversion endete, und die erste bezahlte Laufzeit begann.',
  'history.autoRenewOn': 'Die automatische Verlängerung wurde eingeschaltet.',
  'history.autoRenewOff': 'Die automatische Verlängerung wurde ausgeschaltet.',
  'history.unsubscribed': 'Das Abonnement endete.',
  'history.personalDataErased': 'Personenbezogene Daten wurden gelöscht.',
  'history.requested': 'Angefordert: {change}.',
  'history.requestedBy': 'Angefordert von {name}: {change}.',
  'history.failed': 'Nicht vorgenommen: {change}.',
  'history.refused': 'Eine im Marketplace angeforderte Änderung wurde abgelehnt.',
  'history.change.plan': 'ein anderer Plan',
  'history.change.planTo': 'Wechsel in den Plan {plan}',
  'history.change.seats': 'eine andere Zahl von Lizenzen',
  'history.change.seatsTo':
    '{count, plural, one {Änderung auf # Lizenz} other {Änderung auf # Lizenzen}}',
  'history.change.cancel': 'Kündigung',
} as const satisfies Translation<typeof source>;

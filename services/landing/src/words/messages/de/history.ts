import type { Translation } from '../../translation.ts';
import type { history as source } from '../en/history.ts';

export const history = {
  'history.title': 'Verlauf',
  'history.empty': 'Noch ist nichts passiert.',
  'history.older': 'Ältere Einträge',
  'history.newest': 'Neueste Einträge',
  'history.purchased': 'Sie haben den Plan {plan} gekauft.',
  'history.activationRequested': 'Der Kauf wurde bestätigt und die Aktivierung angefordert.',
  'history.claimed': 'Das Abonnement wurde mit Ihrer Organisation verknüpft.',
  'history.activated': 'Microsoft hat das Abonnement aktiviert.',
  'history.activationFailed': 'Die Aktivierung ist fehlgeschlagen.',
  'history.provisioned': 'Ihr Arbeitsbereich wurde eingerichtet.',
  'history.provisioningFailed': 'Ihr Arbeitsbereich konnte nicht eingerichtet werden.',
  'history.planChanged': 'Der Plan wurde von {from} auf {to} geändert.',
  'history.planChangedEndsTrial':
    'Der Plan wurde von {from} auf {to} geändert, und die kostenlose Testversion endete.',
  'history.seatsChanged': 'Die Anzahl der Lizenzen wurde von {from} auf {to} geändert.',
  'history.suspended':
    'Microsoft hat das Abonnement gesperrt, weil eine Zahlung fehlgeschlagen ist.',
  'history.reinstated': 'Die Zahlung ist eingegangen, und das Abonnement ist wieder aktiv.',
  'history.renewed': 'Das Abonnement wurde bis {date} verlängert.',
  'history.renewedPlain': 'Das Abonnement wurde verlängert.',
  'history.trialConverted':
    'Die kostenlose Testversion endete, und die erste bezahlte Laufzeit begann.',
  'history.autoRenewOn': 'Die automatische Verlängerung wurde eingeschaltet.',
  'history.autoRenewOff': 'Die automatische Verlängerung wurde ausgeschaltet.',
  'history.unsubscribed': 'Das Abonnement endete.',
  'history.personalDataErased': 'Personenbezogene Daten wurden gelöscht.',
  'history.requested': 'Angefragt: {change}.',
  'history.requestedBy': 'Angefragt von {name}: {change}.',
  'history.requestedBySeller': 'Vom Anbieter angefragt: {change}.',
  'history.failed': 'Nicht vorgenommen: {change}.',
  'history.refused': 'Vom Anbieter nicht zugelassen: {change}.',
  'history.refusedBy': 'Angefragt von {name}, vom Anbieter nicht zugelassen: {change}.',
  'history.refusedMarketplace':
    'Im Marketplace angefragt, vom Anbieter nicht zugelassen: {change}.',
  'history.change.plan': 'ein anderer Plan',
  'history.change.planTo': 'Wechsel zum Plan {plan}',
  'history.change.planFrom': 'Wechsel vom Plan {from} zum Plan {plan}',
  'history.change.seats': 'eine andere Anzahl von Lizenzen',
  'history.change.seatsTo':
    '{count, plural, one {Änderung auf # Lizenz} other {Änderung auf # Lizenzen}}',
  'history.change.seatsFrom':
    '{count, plural, one {Änderung von {from} Lizenzen auf # Lizenz} other {Änderung von {from} auf # Lizenzen}}',
  'history.change.cancel': 'Kündigung',
} as const satisfies Translation<typeof source>;

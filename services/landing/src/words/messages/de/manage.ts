import type { Translation } from '../../translation.ts';
import type { manage as source } from '../en/manage.ts';

export const manage = {
  'manage.list.title': 'Ihre Abonnements',
  'manage.list.lead': 'Alles, was Sie mit diesem Konto sehen oder verwalten können.',
  'manage.list.empty': 'Für dieses Konto gibt es hier noch nichts',
  'manage.list.emptyHelp':
    'Öffnen Sie ein Abonnement dort, wo es gekauft wurde. Wenn es jemand aus Ihrem Kollegium verwaltet, bitten Sie um die Adresse seiner Seite und dort um Zugriff.',
  'manage.list.more': 'Ältere anzeigen',
  'manage.list.back': 'Alle Ihre Abonnements',
  'manage.status.active': 'Aktiv',
  'manage.status.trial': 'Kostenlose Testversion',
  'manage.status.suspended': 'Zahlung fehlt',
  'manage.status.ended': 'Beendet',
  'manage.status.pending': 'Noch nicht aktiv',
  'manage.title': 'Ihr Abonnement verwalten',
  'manage.sentence.renews': 'Ihr Abonnement ist aktiv und verlängert sich am {date}.',
  'manage.sentence.ends': 'Ihr Abonnement ist bis {date} aktiv und wird danach nicht verlängert.',
  'manage.sentence.trialRenews':
    'Ihre kostenlose Testversion läuft bis {date}. Danach beginnt die erste bezahlte Laufzeit.',
  'manage.sentence.trialEnds': 'Ihre kostenlose Testversion läuft bis {date} und endet dann.',
  'manage.sentence.active': 'Ihr Abonnement ist aktiv.',
  'manage.facts.renewal': 'Nächste Verlängerung',
  'manage.facts.end': 'Letzter Tag',
  'manage.facts.role': 'Ihre Rolle',
  'manage.changePlan': 'Plan ändern',
  'manage.changeSeats': 'Lizenzen ändern',
  'manage.cancel': 'Abonnement kündigen',
  'manage.usage.title': 'Verbrauch in dieser Laufzeit',
  'manage.usage.since': 'Seit {date}. Die letzten Minuten können noch fehlen.',
  'manage.usage.none': 'In diesem Plan wird nichts gemessen, oder es wurde noch nichts verbraucht.',
  'manage.usage.unknown':
    'Der Verbrauch kann gerade nicht angezeigt werden. Erfasst wird er trotzdem.',
  'manage.usage.of': '{used} von {included} enthaltenen',
  'manage.usage.unlimited': '{used}, ohne Grenze',
  'manage.usage.plain': '{used} verbraucht',
  'manage.usage.above': '{overage} über der enthaltenen Menge, nach Verbrauch berechnet',
  'manage.usage.plan': 'im Plan {plan}',
  'manage.people.title': 'Personen',
  'manage.people.waiting':
    '{count, plural, one {# Person bittet um Zugriff} other {# Personen bitten um Zugriff}}',
  'manage.people.open': 'Personen und Rollen',
  'manage.history.title': 'Verlauf',
  'manage.history.all': 'Gesamter Verlauf',
  'manage.back': 'Zurück zum Abonnement',
  'manage.refused.title': 'Das ist jetzt nicht möglich',
  'manage.refused.unchanged': 'Es wurde nichts geändert.',
  'manage.why.partner':
    'Ein Partner hat dieses Abonnement für Ihre Organisation gekauft. Plan, Lizenzen und Kündigung ändert der Partner; das Ergebnis erscheint hier von selbst.',
  'manage.why.marketplace':
    'Microsoft lässt diese Änderung von hier aus nicht zu. Nehmen Sie sie dort vor, wo das Abonnement gekauft wurde: im <azure>Azure-Portal</azure> oder im <m365>Microsoft 365 Admin Center</m365>.',
  'manage.why.suspended':
    'Solange die Zahlung fehlt, bleiben Plan und Lizenzen, wie sie sind. Begleichen Sie zuerst die Zahlung bei Microsoft.',
  'manage.why.pending':
    'Das Abonnement ist noch nicht aktiv. Sobald es aktiv ist, kann es geändert werden.',
  'manage.why.ended': 'Das Abonnement ist beendet und kann nicht mehr geändert werden.',
  'manage.why.busy':
    'Eine andere Änderung ist im Gang. Sobald ihr Ergebnis bekannt ist, können Sie die nächste vornehmen.',
  'manage.why.flatRate':
    'Der Plan wird nicht nach Lizenzen verkauft, es gibt daher keine zu ändern.',
  'manage.why.noOtherPlan':
    'Es gibt keinen anderen Plan, in den dieses Abonnement wechseln könnte.',
  'manage.why.planUnknown':
    'In diesen Plan kann das Abonnement nicht wechseln. Wählen Sie einen aus der Liste.',
  'manage.why.planRefused': 'Dieser Plan ist für Ihr Abonnement nicht verfügbar.',
  'manage.why.samePlan': 'Dieser Plan gilt bereits.',
  'manage.why.sameSeats': 'Diese Zahl von Lizenzen gilt bereits.',
  'manage.why.seatsInvalid': 'Diese Zahl von Lizenzen ist in dem Plan nicht möglich.',
  'manage.why.changedMeanwhile':
    'Das Abonnement hat sich geändert, seit Sie das Formular geöffnet haben. Sehen Sie es sich noch einmal an, bevor Sie fortfahren.',
  'manage.why.other': 'Bitte öffnen Sie das Abonnement erneut und versuchen Sie es noch einmal.',
  'manage.denied.title': 'Ihre Rolle erlaubt das nicht',
  'manage.denied.change':
    'Sie können dieses Abonnement ansehen. Plan und Lizenzen ändert eine Person mit der Rolle Besitzer oder Administrator:',
  'manage.denied.people': 'Personen verwaltet, wer die Rolle Besitzer oder Administrator hat:',
  'manage.denied.cancel': 'Kündigen kann, wer die Rolle Besitzer hat:',
} as const satisfies Translation<typeof source>;

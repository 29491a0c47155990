import type { Translation } from '../../translation.ts';
import type { manage as source } from '../en/manage.ts';

export const manage = {
  'manage.list.title': 'Ihre Abonnements',
  'manage.list.lead': 'Abonnements, die Sie mit diesem Konto ansehen oder verwalten können.',
  'manage.list.empty': 'Noch keine Abonnements',
  'manage.list.emptyHelp':
    'Öffnen Sie ein Abonnement dort, wo Sie es gekauft haben. Wenn es jemand anderes in Ihrer Organisation verwaltet, lassen Sie sich den Link zur Seite geben und fordern Sie dort Zugriff an.',
  'manage.list.more': 'Ältere anzeigen',
  'manage.list.back': 'Alle Abonnements',
  'manage.which': 'Abonnement',
  'manage.which.since': 'Seit {date}',
  'manage.which.id': 'ID {id}',
  'manage.status.active': 'Aktiv',
  'manage.status.trial': 'Kostenlose Testversion',
  'manage.status.suspended': 'Zahlung erforderlich',
  'manage.status.ended': 'Beendet',
  'manage.status.pending': 'Noch nicht aktiv',
  'manage.title': 'Abonnement verwalten',
  'manage.sentence.renews': 'Ihr Abonnement ist aktiv und verlängert sich am {date}.',
  'manage.sentence.ends': 'Ihr Abonnement ist bis {date} aktiv und wird nicht verlängert.',
  'manage.sentence.trialRenews':
    'Ihre kostenlose Testversion läuft bis {date}. Danach beginnt Ihre erste bezahlte Laufzeit.',
  'manage.sentence.trialEnds': 'Ihre kostenlose Testversion endet am {date}.',
  'manage.sentence.active': 'Ihr Abonnement ist aktiv.',
  'manage.facts.role': 'Ihre Rolle',
  'manage.changePlan': 'Plan wechseln',
  'manage.changeSeats': 'Lizenzen ändern',
  'manage.cancel': 'Abonnement kündigen',
  'manage.usage.title': 'Verbrauch in dieser Laufzeit',
  'manage.usage.since': 'Seit {date}. Die letzten Minuten können noch fehlen.',
  'manage.usage.unknown':
    'Ihr Verbrauch lässt sich gerade nicht anzeigen. Erfasst wird er trotzdem.',
  'manage.usage.of': '{used} von {included} enthalten',
  'manage.usage.unlimited': '{used} verbraucht, unbegrenzt',
  'manage.usage.plain': '{used} verbraucht',
  'manage.usage.above': '{overage} über der enthaltenen Menge, nach Verbrauch abgerechnet',
  'manage.usage.billed': '{overage} nach Verbrauch abgerechnet',
  'manage.usage.refused': '{refused} nicht abgerechnet',
  'manage.usage.plan': 'im Plan {plan}',
  'manage.people.title': 'Personen',
  'manage.people.waiting':
    '{count, plural, one {# Person hat Zugriff angefordert} other {# Personen haben Zugriff angefordert}}',
  'manage.people.open': 'Personen und Rollen verwalten',
  'manage.history.title': 'Verlauf',
  'manage.history.all': 'Gesamter Verlauf',
  'manage.back': 'Zurück zum Abonnement',
  'manage.refused.title': 'Das ist zurzeit nicht möglich',
  'manage.refused.unchanged': 'Es wurde nichts geändert.',
  'manage.why.partner':
    'Ein Partner hat dieses Abonnement für Ihre Organisation gekauft. Bitten Sie den Partner, Plan oder Lizenzen zu ändern oder zu kündigen. Das Ergebnis erscheint hier automatisch.',
  'manage.why.marketplace':
    'Microsoft lässt diese Änderung hier nicht zu. Nehmen Sie sie dort vor, wo Sie das Abonnement gekauft haben: im <azure>Azure-Portal</azure> oder im <m365>Microsoft 365 Admin Center</m365>.',
  'manage.why.suspended':
    'Plan und Lizenzen lassen sich erst ändern, wenn Ihre Zahlung eingegangen ist. Begleichen Sie sie zuerst bei Microsoft.',
  'manage.why.pending':
    'Ihr Abonnement ist noch nicht aktiv. Sobald es aktiv ist, können Sie es ändern.',
  'manage.why.ended': 'Ihr Abonnement ist beendet und kann nicht mehr geändert werden.',
  'manage.why.busy':
    'Eine andere Änderung ist in Arbeit. Sobald sie abgeschlossen ist, können Sie die nächste vornehmen.',
  'manage.why.flatRate':
    'Ihr Plan wird nicht pro Lizenz verkauft, deshalb gibt es keine Lizenzen zu ändern.',
  'manage.why.noOtherPlan': 'Es gibt keinen anderen Plan, zu dem Sie wechseln können.',
  'manage.why.planUnknown':
    'Zu diesem Plan können Sie nicht wechseln. Wählen Sie einen aus der Liste.',
  'manage.why.planRefused': 'Dieser Plan ist für Ihr Abonnement nicht verfügbar.',
  'manage.why.samePlan': 'Diesen Plan haben Sie bereits.',
  'manage.why.sameSeats': 'Diese Anzahl von Lizenzen haben Sie bereits.',
  'manage.why.seatsInvalid': 'Ihr Plan lässt diese Anzahl von Lizenzen nicht zu.',
  'manage.why.changedMeanwhile':
    'Ihr Abonnement hat sich geändert, nachdem Sie dieses Formular geöffnet haben. Prüfen Sie es, bevor Sie fortfahren.',
  'manage.why.refusedOften':
    'In der letzten Stunde wurden zu viele Ihrer Anfragen abgelehnt. Bitte versuchen Sie es später noch einmal.',
  'manage.why.other': 'Bitte öffnen Sie Ihr Abonnement und versuchen Sie es noch einmal.',
  'manage.denied.title': 'Ihre Rolle erlaubt das nicht',
  'manage.denied.change':
    'Sie können dieses Abonnement ansehen. Plan und Lizenzen kann ändern, wer die Rolle Besitzer oder Administrator hat:',
  'manage.denied.people': 'Personen kann verwalten, wer die Rolle Besitzer oder Administrator hat:',
  'manage.denied.cancel': 'Kündigen kann, wer die Rolle Besitzer hat:',
} as const satisfies Translation<typeof source>;

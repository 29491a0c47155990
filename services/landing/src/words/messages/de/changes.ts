import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': 'Weiter',
  'changes.back': 'Zurück, nichts ändern',
  'changes.plan.title': 'Den Plan ändern',
  'changes.plan.lead': 'Wählen Sie einen Plan. Sie sehen die Wirkung, bevor etwas geschieht.',
  'changes.plan.legend': 'Pläne, in die Sie wechseln können',
  'changes.plan.current': 'Ihr Plan jetzt',
  'changes.plan.seatsFrom': '{min, plural, one {ab # Lizenz} other {ab # Lizenzen}}',
  'changes.plan.seatsTo': '{max, plural, one {bis # Lizenz} other {bis # Lizenzen}}',
  'changes.plan.seatsBetween': '{min} bis {max} Lizenzen',
  'changes.plan.perSeat': '{price} je Lizenz, für eine Laufzeit von {term}',
  'changes.plan.price': '{price}, für eine Laufzeit von {term}',
  'changes.plan.private': 'Privater Plan',
  'changes.plan.trial': 'Kostenlose Testversion',
  'changes.plan.unfit':
    'Diese Pläne brauchen eine andere Zahl von Lizenzen als Ihre; ändern Sie zuerst die Lizenzen:',
  'changes.plan.refused': 'Für Ihr Abonnement nicht verfügbar:',
  'changes.plan.missing': 'Wählen Sie einen Plan.',
  'changes.confirm.title': 'Die Änderung prüfen',
  'changes.confirm.from': 'Jetzt',
  'changes.confirm.to': 'Nach der Änderung',
  'changes.confirm.when': 'Wann',
  'changes.confirm.whenValue':
    'Heute, {date}: sobald Microsoft sie bestätigt, meist innerhalb von Minuten.',
  'changes.confirm.planMoney':
    'Microsoft rechnet den vorausbezahlten Betrag taggenau auf den neuen Preis an. Verbrauch über der enthaltenen Menge wird nach dem Plan berechnet, in dem er anfiel.',
  'changes.confirm.seatsMoney':
    'Zusätzliche Lizenzen berechnet Microsoft taggenau für den Rest der Laufzeit. Für Lizenzen, die Sie abgeben, gelten die Bedingungen Ihres Kaufs.',
  'changes.confirm.endsTrial':
    'Ihre kostenlose Testversion endet sofort: Der neue Plan hat keine und wird von da an berechnet.',
  'changes.confirm.newTerm': 'Was der neue Plan an Verbrauch enthält, wird von null an gezählt.',
  'changes.confirm.approve': 'Jetzt ändern',
  'changes.confirm.approval':
    'Mit der Schaltfläche stimmen Sie der Änderung zu. Wir halten fest, wer das wann getan hat.',
  'changes.seats.title': 'Die Lizenzen ändern',
  'changes.seats.lead':
    '{count, plural, one {Sie haben jetzt # Lizenz.} other {Sie haben jetzt # Lizenzen.}}',
  'changes.seats.label': 'Neue Zahl von Lizenzen',
  'changes.seats.range': '{min} bis {max}',
  'changes.seats.none': 'Die Zahl der Lizenzen Ihres Abonnements lässt sich nicht ändern.',
  'changes.seats.between': 'Möglich: {possible}',
  'changes.seats.problem':
    'Geben Sie eine ganze Zahl ein, die nicht der jetzigen entspricht. Möglich: {possible}',
  'changes.seats.count': '{count, plural, one {# Lizenz} other {# Lizenzen}}',
  'changes.cancel.title': 'Das Abonnement kündigen',
  'changes.cancel.lead':
    'Bitte lesen Sie, was daraus folgt. Es kann nicht rückgängig gemacht werden.',
  'changes.cancel.access':
    'Sobald Microsoft die Kündigung bestätigt, meist innerhalb von Minuten, endet das Abonnement, und Ihre Organisation kann {product} nicht mehr nutzen.',
  'changes.cancel.money':
    'Innerhalb von 72 Stunden nach dem Kauf wird nichts berechnet. Danach berechnet Microsoft die laufende Laufzeit wie vereinbart und erstattet nichts.',
  'changes.cancel.data':
    'Ihre Daten werden nach dem Ende noch mindestens {days, plural, one {# Tag} other {# Tage}} aufbewahrt und dann gelöscht. Exportieren Sie vorher, was Sie brauchen.',
  'changes.cancel.again': 'Wer {product} später wieder nutzen möchte, kauft ein neues Abonnement.',
  'changes.cancel.alternative':
    'Wenn Sie nur keine weitere Laufzeit möchten: Schalten Sie die Verlängerung im <azure>Azure-Portal</azure> oder im <m365>Microsoft 365 Admin Center</m365> aus, und nutzen Sie die laufende Laufzeit bis zu ihrem Ende.',
  'changes.cancel.tick':
    'Ich möchte dieses Abonnement beenden und weiß, dass das nicht rückgängig gemacht werden kann.',
  'changes.cancel.tickMissing': 'Bitte bestätigen Sie das, bevor Sie fortfahren.',
  'changes.cancel.approve': 'Abonnement jetzt kündigen',
  'changes.cancel.keep': 'Abonnement behalten',
  'changes.what.plan': 'Wechsel in den Plan {plan}',
  'changes.what.seats':
    '{count, plural, one {Änderung auf # Lizenz} other {Änderung auf # Lizenzen}}',
  'changes.what.cancel': 'Kündigung',
  'changes.stage.requested': 'Ihr Auftrag ist festgehalten',
  'changes.stage.sent': 'Microsoft führt ihn aus',
  'changes.stage.succeeded': 'Die Änderung gilt',
  'changes.stage.cancelled': 'Das Abonnement ist beendet',
  'changes.stage.failed': 'Die Änderung wurde nicht vorgenommen',
  'changes.step.recorded': 'Von uns festgehalten',
  'changes.step.sent': 'Von Microsoft angenommen',
  'changes.step.done': 'Von Microsoft bestätigt',
  'changes.time':
    'Das dauert meist weniger als zwei Minuten. Sie können diese Seite schließen: Die Änderung geht weiter, und die Seite des Abonnements sagt, was daraus geworden ist.',
  'changes.succeeded.text': 'Microsoft hat sie bestätigt.',
  'changes.failed.refused':
    'Microsoft lässt diese Änderung für dieses Abonnement nicht zu. Plan und Lizenzen sind wie zuvor.',
  'changes.failed.byPublisher':
    'Der Anbieter von {product} lässt diese Änderung nicht zu. Plan, Lizenzen und Rechnung bleiben, wie sie sind.',
  'changes.failed.locked':
    'Lange Zeit hielt eine andere, anderswo vorgenommene Änderung das Abonnement, sodass Microsoft diese nicht annahm. Bitte versuchen Sie es später noch einmal.',
  'changes.failed.conflict':
    'Microsoft meldet, dass dies schon galt oder dass eine andere Änderung zuvorkam. Sehen Sie sich das Abonnement an, bevor Sie es noch einmal versuchen.',
  'changes.failed.failed':
    'Microsoft konnte sie nicht ausführen. Plan und Lizenzen sind wie zuvor.',
  'changes.failed.unknown':
    'Microsoft hat sie innerhalb eines Tages nicht bestätigt. Das Abonnement ist so, wie seine Seite es zeigt; im Zweifel wenden Sie sich an den Support.',
  'changes.pending': 'Eine Änderung ist im Gang',
  'changes.follow': 'Verfolgen',
  'changes.last.succeeded': 'Ihre letzte Änderung gilt.',
  'changes.last.failed': 'Ihre letzte Änderung wurde nicht vorgenommen.',
  'changes.last.details': 'Was geschehen ist',
} as const satisfies Translation<typeof source>;

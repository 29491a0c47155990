import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': 'Weiter',
  'changes.back': 'Abbrechen',
  'changes.plan.title': 'Plan wechseln',
  'changes.plan.lead': 'Wählen Sie einen Plan. Bevor Sie bestätigen, sehen Sie, was sich ändert.',
  'changes.plan.legend': 'Verfügbare Pläne',
  'changes.plan.current': 'Ihr aktueller Plan',
  'changes.plan.seatsFrom': '{min, plural, one {ab # Lizenz} other {ab # Lizenzen}}',
  'changes.plan.seatsTo': '{max, plural, one {bis # Lizenz} other {bis # Lizenzen}}',
  'changes.plan.seatsBetween': '{min} bis {max} Lizenzen',
  'changes.plan.private': 'Privater Plan',
  'changes.plan.trial': 'Kostenlose Testversion',
  'changes.plan.unfit':
    'Diese Pläne passen nicht zu Ihrer Lizenzanzahl. Ändern Sie zuerst die Lizenzen:',
  'changes.plan.refused': 'Für Ihr Abonnement nicht verfügbar:',
  'changes.confirm.title': 'Änderung prüfen',
  'changes.confirm.from': 'Jetzt',
  'changes.confirm.to': 'Nach der Änderung',
  'changes.confirm.total': 'Neuer Gesamtpreis',
  'changes.confirm.when': 'Gilt ab',
  'changes.confirm.whenValue':
    'Heute ({date}), sobald Microsoft die Änderung bestätigt. Das dauert meist nur wenige Minuten.',
  'changes.confirm.planMoney':
    'Microsoft rechnet taggenau an, was Sie für die aktuelle Laufzeit schon bezahlt haben. Verbrauch über der enthaltenen Menge wird nach dem Plan abgerechnet, in dem er angefallen ist.',
  'changes.confirm.seatsMoney':
    'Zusätzliche Lizenzen berechnet Microsoft taggenau für den Rest der Laufzeit. Wenn Sie Lizenzen abgeben, gelten die Bedingungen Ihres Kaufs.',
  'changes.confirm.endsTrial':
    'Ihre kostenlose Testversion endet sofort. Der neue Plan hat keine und wird von da an abgerechnet.',
  'changes.confirm.newTerm': 'Der im neuen Plan enthaltene Verbrauch wird ab null gezählt.',
  'changes.confirm.approve': 'Änderung bestätigen',
  'changes.confirm.approval':
    'Mit der Bestätigung stimmen Sie der Änderung zu. Wir halten fest, wer wann zugestimmt hat.',
  'changes.seats.title': 'Lizenzen ändern',
  'changes.seats.lead': '{count, plural, one {Sie haben # Lizenz.} other {Sie haben # Lizenzen.}}',
  'changes.seats.label': 'Neue Anzahl der Lizenzen',
  'changes.seats.range': '{min} bis {max}',
  'changes.seats.none': 'Die Anzahl der Lizenzen dieses Abonnements lässt sich nicht ändern.',
  'changes.seats.between': 'Möglich: {possible}',
  'changes.seats.problem':
    'Geben Sie eine ganze Zahl ein, die von der aktuellen abweicht. Möglich: {possible}',
  'changes.seats.count': '{count, plural, one {# Lizenz} other {# Lizenzen}}',
  'changes.cancel.title': 'Abonnement kündigen',
  'changes.cancel.lead':
    'Bitte lesen Sie, was dann passiert. Die Kündigung lässt sich nicht rückgängig machen.',
  'changes.cancel.access':
    'Ihr Abonnement endet, sobald Microsoft die Kündigung bestätigt, meist innerhalb weniger Minuten. Ihre Organisation hat dann keinen Zugriff mehr auf {product}.',
  'changes.cancel.money':
    'Wenn Sie innerhalb von 72 Stunden nach dem Kauf kündigen, zahlen Sie nichts. Danach berechnet Microsoft die aktuelle Laufzeit wie vereinbart, ohne Erstattung.',
  'changes.cancel.data':
    'Wir bewahren Ihre Daten noch mindestens {days, plural, one {# Tag} other {# Tage}} auf und löschen sie dann. Exportieren Sie vor der Kündigung, was Sie brauchen.',
  'changes.cancel.again':
    'Um {product} später wieder zu nutzen, müssen Sie ein neues Abonnement kaufen.',
  'changes.cancel.alternative':
    'Möchten Sie nur die nächste Verlängerung verhindern? Schalten Sie die automatische Verlängerung im <azure>Azure-Portal</azure> oder im <m365>Microsoft 365 Admin Center</m365> aus. {product} können Sie dann bis zum Ende der Laufzeit weiter nutzen.',
  'changes.cancel.tick':
    'Ich möchte dieses Abonnement beenden und weiß, dass sich das nicht rückgängig machen lässt.',
  'changes.cancel.tickMissing': 'Setzen Sie dieses Häkchen, um fortzufahren.',
  'changes.cancel.approve': 'Abonnement jetzt kündigen',
  'changes.cancel.keep': 'Abonnement behalten',
  'changes.what.plan': 'Wechsel zum Plan {plan}',
  'changes.what.planFrom': 'Wechsel vom Plan {from} zum Plan {plan}',
  'changes.what.seats':
    '{count, plural, one {Änderung auf # Lizenz} other {Änderung auf # Lizenzen}}',
  'changes.what.seatsFrom':
    '{count, plural, one {Änderung von {from} Lizenzen auf # Lizenz} other {Änderung von {from} auf # Lizenzen}}',
  'changes.what.cancel': 'Kündigung',
  'changes.stage.requested': 'Ihre Anfrage ist eingegangen',
  'changes.stage.sent': 'Microsoft nimmt die Änderung vor',
  'changes.stage.succeeded': 'Ihre Änderung ist abgeschlossen',
  'changes.stage.cancelled': 'Ihr Abonnement ist beendet',
  'changes.stage.failed': 'Ihre Änderung wurde nicht vorgenommen',
  'changes.stage.notCancelled': 'Ihr Abonnement wurde nicht gekündigt',
  'changes.step.recorded': 'Wir halten Ihre Anfrage fest',
  'changes.step.sent': 'Microsoft nimmt sie an',
  'changes.step.done': 'Microsoft bestätigt das Ergebnis',
  'changes.time':
    'Das dauert meist weniger als zwei Minuten. Sie können diese Seite schließen: Die Änderung läuft weiter, und das Ergebnis steht auf der Seite Ihres Abonnements.',
  'changes.succeeded.text': 'Microsoft hat das bestätigt.',
  'changes.failed.refused':
    'Microsoft lässt diese Änderung für Ihr Abonnement nicht zu. Plan und Lizenzen sind unverändert.',
  'changes.failed.byPublisher':
    'Der Anbieter von {product} lässt diese Änderung nicht zu. Plan, Lizenzen und Rechnung bleiben, wie sie sind.',
  'changes.failed.locked':
    'Eine andere Änderung war zu lange in Arbeit, deshalb hat Microsoft diese nicht angenommen. Bitte versuchen Sie es später noch einmal.',
  'changes.failed.conflict':
    'Laut Microsoft galt das bereits, oder eine andere Änderung kam zuvor. Prüfen Sie Ihr Abonnement, bevor Sie es noch einmal versuchen.',
  'changes.failed.failed':
    'Microsoft konnte die Änderung nicht vornehmen. Plan und Lizenzen sind unverändert.',
  'changes.failed.unknown':
    'Microsoft hat die Änderung nicht innerhalb eines Tages bestätigt. Was gilt, zeigt die Seite Ihres Abonnements. Wenden Sie sich im Zweifel an den Support.',
  'changes.failed.cancel':
    'Ihr Abonnement ist weiter aktiv und wird abgerechnet, weil Microsoft die Kündigung nicht ausgeführt hat. Kündigen Sie dort, wo Sie gekauft haben, im <azure>Azure-Portal</azure> oder im <m365>Microsoft 365 Admin Center</m365>, oder wenden Sie sich an den Support.',
  'changes.pending': 'Änderung in Arbeit',
  'changes.follow': 'Fortschritt ansehen',
  'changes.last.succeeded': 'Ihre letzte Änderung ist abgeschlossen.',
  'changes.last.failed': 'Ihre letzte Änderung wurde nicht vorgenommen.',
  'changes.last.details': 'Details ansehen',
} as const satisfies Translation<typeof source>;

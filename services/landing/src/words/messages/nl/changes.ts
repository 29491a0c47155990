import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': 'Doorgaan',
  'changes.back': 'Annuleren',
  'changes.plan.title': 'Plan wijzigen',
  'changes.plan.lead': 'Kies een plan. U ziet wat er verandert voordat u bevestigt.',
  'changes.plan.legend': 'Beschikbare plannen',
  'changes.plan.current': 'Uw huidige plan',
  'changes.plan.seatsFrom': '{min, plural, one {vanaf # licentie} other {vanaf # licenties}}',
  'changes.plan.seatsTo': '{max, plural, one {maximaal # licentie} other {maximaal # licenties}}',
  'changes.plan.seatsBetween': '{min} tot en met {max} licenties',
  'changes.plan.private': 'Privéplan',
  'changes.plan.trial': 'Gratis proefversie',
  'changes.plan.unfit':
    'Deze plannen passen niet bij uw aantal licenties. Wijzig eerst uw licenties:',
  'changes.plan.refused': 'Niet beschikbaar voor uw abonnement:',
  'changes.confirm.title': 'Controleer uw wijziging',
  'changes.confirm.from': 'Nu',
  'changes.confirm.to': 'Na de wijziging',
  'changes.confirm.total': 'Nieuw totaal',
  'changes.confirm.when': 'Gaat in',
  'changes.confirm.whenValue':
    'Vandaag ({date}), zodra Microsoft de wijziging bevestigt. Dat duurt meestal een paar minuten.',
  'changes.confirm.planMoney':
    'Microsoft verrekent wat u al voor de lopende periode hebt betaald, naar rato van het aantal dagen. Gebruik boven de inbegrepen hoeveelheid wordt gefactureerd volgens het plan dat op dat moment gold.',
  'changes.confirm.seatsMoney':
    'Als u licenties toevoegt, factureert Microsoft die voor de rest van de periode, naar rato van het aantal dagen. Als u licenties verwijdert, gelden de voorwaarden van uw aankoop.',
  'changes.confirm.endsTrial':
    'Uw gratis proefversie eindigt meteen. Het nieuwe plan heeft er geen en wordt vanaf dat moment gefactureerd.',
  'changes.confirm.newTerm': 'Het gebruik dat in het nieuwe plan is inbegrepen, begint bij nul.',
  'changes.confirm.approve': 'Wijziging bevestigen',
  'changes.confirm.approval':
    'Door te bevestigen keurt u deze wijziging goed. We leggen vast wie dat wanneer heeft gedaan.',
  'changes.seats.title': 'Licenties wijzigen',
  'changes.seats.lead': '{count, plural, one {U hebt # licentie.} other {U hebt # licenties.}}',
  'changes.seats.label': 'Nieuw aantal licenties',
  'changes.seats.range': '{min} tot en met {max}',
  'changes.seats.none': 'U kunt het aantal licenties van dit abonnement niet wijzigen.',
  'changes.seats.between': 'Mogelijk: {possible}',
  'changes.seats.problem':
    'Voer een geheel getal in dat afwijkt van het huidige. Mogelijk: {possible}',
  'changes.seats.count': '{count, plural, one {# licentie} other {# licenties}}',
  'changes.cancel.title': 'Abonnement opzeggen',
  'changes.cancel.lead': 'Lees wat er gaat gebeuren. U kunt dit niet ongedaan maken.',
  'changes.cancel.access':
    'Uw abonnement eindigt zodra Microsoft de opzegging bevestigt, meestal binnen enkele minuten. Uw organisatie heeft dan geen toegang meer tot {product}.',
  'changes.cancel.money':
    'Als u binnen 72 uur na de aankoop opzegt, betaalt u niets. Daarna brengt Microsoft de lopende periode zoals afgesproken in rekening, zonder terugbetaling.',
  'changes.cancel.data':
    'We bewaren uw gegevens nog minstens {days, plural, one {# dag} other {# dagen}} en wissen ze daarna. Exporteer wat u nodig hebt voordat u opzegt.',
  'changes.cancel.again':
    'Om {product} later weer te gebruiken, moet u een nieuw abonnement kopen.',
  'changes.cancel.alternative':
    'Wilt u alleen de volgende verlenging stoppen? Schakel automatische verlenging uit in de <azure>Azure-portal</azure> of het <m365>Microsoft 365-beheercentrum</m365>. U kunt {product} dan tot het einde van de periode blijven gebruiken.',
  'changes.cancel.tick':
    'Ik wil dit abonnement beëindigen en begrijp dat dit niet ongedaan kan worden gemaakt.',
  'changes.cancel.tickMissing': 'Vink dit vakje aan om door te gaan.',
  'changes.cancel.approve': 'Abonnement nu opzeggen',
  'changes.cancel.keep': 'Abonnement houden',
  'changes.what.plan': 'Overstap naar het plan {plan}',
  'changes.what.planFrom': 'Overstap van het plan {from} naar het plan {plan}',
  'changes.what.seats':
    '{count, plural, one {Wijziging naar # licentie} other {Wijziging naar # licenties}}',
  'changes.what.seatsFrom':
    '{count, plural, one {Wijziging van {from} licenties naar # licentie} other {Wijziging van {from} naar # licenties}}',
  'changes.what.cancel': 'Opzegging',
  'changes.stage.requested': 'We hebben uw verzoek ontvangen',
  'changes.stage.sent': 'Microsoft voert de wijziging door',
  'changes.stage.succeeded': 'Uw wijziging is doorgevoerd',
  'changes.stage.cancelled': 'Uw abonnement is beëindigd',
  'changes.stage.failed': 'Uw wijziging is niet doorgevoerd',
  'changes.stage.notCancelled': 'Uw abonnement is niet opgezegd',
  'changes.step.recorded': 'We leggen uw verzoek vast',
  'changes.step.sent': 'Microsoft neemt het aan',
  'changes.step.done': 'Microsoft bevestigt het resultaat',
  'changes.time':
    'Dit duurt meestal minder dan twee minuten. U kunt deze pagina sluiten: de wijziging gaat door en de pagina van uw abonnement toont het resultaat.',
  'changes.succeeded.text': 'Microsoft heeft dit bevestigd.',
  'changes.failed.refused':
    'Microsoft staat deze wijziging voor uw abonnement niet toe. Uw plan en licenties zijn ongewijzigd.',
  'changes.failed.byPublisher':
    'De aanbieder van {product} staat deze wijziging niet toe. Uw plan, licenties en factuur blijven ongewijzigd.',
  'changes.failed.locked':
    'Een andere wijziging duurde te lang, waardoor Microsoft deze niet heeft geaccepteerd. Probeer het later opnieuw.',
  'changes.failed.conflict':
    'Volgens Microsoft was dit al van kracht of ging een andere wijziging voor. Controleer uw abonnement voordat u het opnieuw probeert.',
  'changes.failed.failed':
    'Microsoft kon de wijziging niet doorvoeren. Uw plan en licenties zijn ongewijzigd.',
  'changes.failed.unknown':
    'Microsoft heeft de wijziging niet binnen een dag bevestigd. De pagina van uw abonnement toont wat er geldt. Neem bij twijfel contact op met support.',
  'changes.failed.cancel':
    'Uw abonnement is nog actief en wordt gefactureerd, omdat Microsoft de opzegging niet heeft uitgevoerd. Zeg het op waar u het hebt gekocht, in de <azure>Azure-portal</azure> of het <m365>Microsoft 365-beheercentrum</m365>, of neem contact op met support.',
  'changes.pending': 'Wijziging wordt doorgevoerd',
  'changes.follow': 'Voortgang bekijken',
  'changes.last.succeeded': 'Uw laatste wijziging is doorgevoerd.',
  'changes.last.failed': 'Uw laatste wijziging is niet doorgevoerd.',
  'changes.last.details': 'Details bekijken',
} as const satisfies Translation<typeof source>;

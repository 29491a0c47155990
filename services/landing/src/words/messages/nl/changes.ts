import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': 'Doorgaan',
  'changes.back': 'Terug, niets wijzigen',
  'changes.plan.title': 'Het plan wijzigen',
  'changes.plan.lead': 'Kies een plan. U ziet het effect voordat er iets gebeurt.',
  'changes.plan.legend': 'Plannen waarnaar u kunt overstappen',
  'changes.plan.current': 'Uw plan nu',
  'changes.plan.seatsFrom': '{min, plural, one {vanaf # licentie} other {vanaf # licenties}}',
  'changes.plan.seatsTo': '{max, plural, one {tot # licentie} other {tot # licenties}}',
  'changes.plan.seatsBetween': '{min} tot {max} licenties',
  'changes.plan.perSeat': '{price} per licentie, voor een looptijd van {term}',
  'changes.plan.price': '{price}, voor een looptijd van {term}',
  'changes.plan.private': 'Privéplan',
  'changes.plan.trial': 'Gratis proefversie',
  'changes.plan.unfit':
    'Deze plannen vragen een ander aantal licenties dan u hebt; wijzig eerst de licenties:',
  'changes.plan.refused': 'Niet beschikbaar voor uw abonnement:',
  'changes.plan.missing': 'Kies een plan.',
  'changes.confirm.title': 'De wijziging controleren',
  'changes.confirm.from': 'Nu',
  'changes.confirm.to': 'Na de wijziging',
  'changes.confirm.when': 'Wanneer',
  'changes.confirm.whenValue':
    'Vandaag, {date}: zodra Microsoft het bevestigt, meestal binnen enkele minuten.',
  'changes.confirm.planMoney':
    'Microsoft verrekent het vooruitbetaalde bedrag op de dag nauwkeurig met de nieuwe prijs. Verbruik boven wat inbegrepen is, wordt berekend volgens het plan waarin het plaatsvond.',
  'changes.confirm.seatsMoney':
    'Microsoft berekent extra licenties op de dag nauwkeurig voor de rest van de looptijd. Voor licenties die u opgeeft, gelden de voorwaarden van uw aankoop.',
  'changes.confirm.endsTrial':
    'Uw gratis proefversie eindigt meteen: het nieuwe plan heeft er geen en wordt vanaf dat moment berekend.',
  'changes.confirm.newTerm':
    'Het verbruik dat in het nieuwe plan is inbegrepen, wordt vanaf nul geteld.',
  'changes.confirm.approve': 'Nu wijzigen',
  'changes.confirm.approval':
    'Met de knop keurt u de wijziging goed. Wij leggen vast wie dat heeft gedaan en wanneer.',
  'changes.seats.title': 'De licenties wijzigen',
  'changes.seats.lead':
    '{count, plural, one {U hebt nu # licentie.} other {U hebt nu # licenties.}}',
  'changes.seats.label': 'Nieuw aantal licenties',
  'changes.seats.range': '{min} tot {max}',
  'changes.seats.none': 'Het aantal licenties van uw abonnement kan niet worden gewijzigd.',
  'changes.seats.between': 'Mogelijk: {possible}',
  'changes.seats.problem':
    'Voer een geheel getal in dat afwijkt van het huidige. Mogelijk: {possible}',
  'changes.seats.count': '{count, plural, one {# licentie} other {# licenties}}',
  'changes.cancel.title': 'Het abonnement opzeggen',
  'changes.cancel.lead': 'Lees wat de gevolgen zijn. Dit kan niet ongedaan worden gemaakt.',
  'changes.cancel.access':
    'Zodra Microsoft de opzegging bevestigt, meestal binnen enkele minuten, eindigt het abonnement en kan uw organisatie {product} niet meer gebruiken.',
  'changes.cancel.money':
    'Binnen 72 uur na de aankoop wordt niets berekend. Daarna berekent Microsoft de lopende looptijd zoals afgesproken en betaalt niets terug.',
  'changes.cancel.data':
    'Uw gegevens worden na het einde nog ten minste {days, plural, one {# dag} other {# dagen}} bewaard en daarna gewist. Exporteer vóór die tijd wat u nodig hebt.',
  'changes.cancel.again': 'Wie {product} later weer wil gebruiken, koopt een nieuw abonnement.',
  'changes.cancel.alternative':
    'Als u alleen geen volgende looptijd wilt: schakel de verlenging uit in <azure>Azure Portal</azure> of het <m365>Microsoft 365-beheercentrum</m365> en gebruik de lopende looptijd tot het einde.',
  'changes.cancel.tick':
    'Ik wil dit abonnement beëindigen en weet dat dit niet ongedaan kan worden gemaakt.',
  'changes.cancel.tickMissing': 'Bevestig dit voordat u verdergaat.',
  'changes.cancel.approve': 'Abonnement nu opzeggen',
  'changes.cancel.keep': 'Abonnement houden',
  'changes.what.plan': 'Overstap naar het plan {plan}',
  'changes.what.seats':
    '{count, plural, one {Wijziging naar # licentie} other {Wijziging naar # licenties}}',
  'changes.what.cancel': 'Opzegging',
  'changes.stage.requested': 'Uw opdracht is vastgelegd',
  'changes.stage.sent': 'Microsoft voert de opdracht uit',
  'changes.stage.succeeded': 'De wijziging geldt',
  'changes.stage.cancelled': 'Het abonnement is beëindigd',
  'changes.stage.failed': 'De wijziging is niet doorgevoerd',
  'changes.step.recorded': 'Door ons vastgelegd',
  'changes.step.sent': 'Door Microsoft aangenomen',
  'changes.step.done': 'Door Microsoft bevestigd',
  'changes.time':
    'Dit duurt meestal minder dan twee minuten. U kunt deze pagina sluiten: de wijziging gaat door, en de pagina van het abonnement vertelt wat ervan geworden is.',
  'changes.succeeded.text': 'Microsoft heeft het bevestigd.',
  'changes.failed.refused':
    'Microsoft staat deze wijziging voor dit abonnement niet toe. Plan en licenties zijn zoals voorheen.',
  'changes.failed.byPublisher':
    'De aanbieder van {product} staat deze wijziging niet toe. Uw plan, licenties en factuur blijven ongewijzigd.',
  'changes.failed.locked':
    'Lange tijd hield een andere wijziging, die elders is gedaan, het abonnement bezet, waardoor Microsoft deze niet aannam. Probeer het later nog eens.',
  'changes.failed.conflict':
    'Microsoft meldt dat dit al gold of dat een andere wijziging eerder was. Bekijk het abonnement voordat u het nog eens probeert.',
  'changes.failed.failed':
    'Microsoft kon de wijziging niet uitvoeren. Plan en licenties zijn zoals voorheen.',
  'changes.failed.unknown':
    'Microsoft heeft de wijziging niet binnen een dag bevestigd. Het abonnement is zoals de pagina het toont; neem bij twijfel contact op met de ondersteuning.',
  'changes.pending': 'Er loopt een wijziging',
  'changes.follow': 'Volgen',
  'changes.last.succeeded': 'Uw laatste wijziging geldt.',
  'changes.last.failed': 'Uw laatste wijziging is niet doorgevoerd.',
  'changes.last.details': 'Wat er is gebeurd',
} as const satisfies Translation<typeof source>;

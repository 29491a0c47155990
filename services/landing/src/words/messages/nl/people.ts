import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': 'Eigenaar',
  'people.role.admin': 'Beheerder',
  'people.role.viewer': 'Lezer',
  'people.title': 'Personen en rollen',
  'people.lead':
    'Collega’s die de pagina van dit abonnement openen, kunnen toegang aanvragen. Hier keurt u verzoeken goed of weigert u ze.',
  'people.roles.owner': 'Eigenaren kunnen alles, ook opzeggen en andere eigenaren toevoegen.',
  'people.roles.admin':
    'Beheerders kunnen het plan en de licenties wijzigen en collega’s toegang geven.',
  'people.roles.viewer': 'Lezers kunnen het abonnement bekijken, maar niets wijzigen.',
  'people.waiting': 'Toegangsverzoeken',
  'people.waiting.none': 'Geen verzoeken.',
  'people.asked': 'sinds {date}',
  'people.members': 'Personen met toegang',
  'people.you': 'u',
  'people.nameless': 'Naamloze persoon',
  'people.giveTo': 'Rol voor {name}',
  'people.grant': 'Goedkeuren',
  'people.refuse': 'Weigeren',
  'people.save': 'Rol opslaan',
  'people.remove': 'Verwijderen',
  'people.saved': 'Opgeslagen.',
  'people.problem.lastOwner':
    'U kunt de laatste eigenaar niet verwijderen of een andere rol geven. Voeg eerst een andere eigenaar toe.',
  'people.problem.ownerOnly': 'Alleen eigenaren kunnen eigenaren toevoegen of verwijderen.',
  'people.problem.tooMany': 'Dit abonnement heeft het maximale aantal personen bereikt.',
  'people.problem.unknown':
    'Deze persoon heeft geen toegang meer en heeft die ook niet aangevraagd.',
  'people.guests': 'Gasten van uw organisatie kunnen geen toegang krijgen.',
  'people.ask.title': 'Toegang aanvragen',
  'people.ask.lead':
    'Uw organisatie gebruikt {product}. U hebt nog geen toegang tot dit abonnement, maar de personen die het beheren kunnen u toegang geven.',
  'people.ask.shared':
    'Uw naam en e-mailadres worden gedeeld met hen en met de aanbieder van {product}.',
  'people.ask.send': 'Toegang aanvragen',
  'people.ask.sent': 'Toegang aangevraagd',
  'people.ask.sentText':
    'De personen die dit abonnement beheren, zien uw verzoek. Kom terug naar deze pagina zodra het is goedgekeurd.',
  'people.ask.noAnswer':
    'Geen antwoord? Neem contact op met de support van {product}. Die kan een nieuwe eigenaar toevoegen als de vorige weg is.',
  'people.ask.refused': 'U hebt geen toegang',
  'people.ask.refusedText':
    'Uw verzoek is geweigerd of uw toegang is verwijderd. U kunt na één dag opnieuw toegang aanvragen.',
  'people.ask.full':
    'Er wachten al te veel verzoeken. Neem contact op met de personen die het abonnement beheren.',
} as const satisfies Translation<typeof source>;

import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': 'Eigenaar',
  'people.role.admin': 'Beheerder',
  'people.role.viewer': 'Lezer',
  'people.title': 'Personen en rollen',
  'people.lead':
    'Collega’s van uw organisatie die de pagina van dit abonnement openen, kunnen om toegang vragen. Hier beslist u.',
  'people.roles.owner': 'Eigenaren mogen alles, ook opzeggen en andere eigenaren aanwijzen.',
  'people.roles.admin': 'Beheerders wijzigen plan en licenties en geven collega’s toegang.',
  'people.roles.viewer': 'Lezers bekijken alles en wijzigen niets.',
  'people.waiting': 'Vragen om toegang',
  'people.waiting.none': 'Niemand vraagt om toegang.',
  'people.asked': 'sinds {date}',
  'people.members': 'Met toegang',
  'people.you': 'u',
  'people.nameless': 'Persoon zonder naam',
  'people.giveTo': 'Rol van {name}',
  'people.grant': 'Toegang geven',
  'people.refuse': 'Weigeren',
  'people.save': 'Rol opslaan',
  'people.remove': 'Verwijderen',
  'people.saved': 'Opgeslagen.',
  'people.problem.lastOwner':
    'De laatste eigenaar kan niet worden verwijderd en geen andere rol krijgen. Wijs eerst een andere eigenaar aan.',
  'people.problem.ownerOnly': 'Eigenaren worden alleen door eigenaren aangewezen en verwijderd.',
  'people.problem.tooMany': 'Er zijn zoveel personen als een abonnement hier kan hebben.',
  'people.problem.unknown': 'Deze persoon heeft geen toegang meer en vraagt er niet om.',
  'people.guests': 'Gasten van uw organisatie kunnen geen toegang krijgen.',
  'people.ask.title': 'Om toegang vragen',
  'people.ask.lead':
    'Uw organisatie gebruikt {product}. U hebt nog geen toegang tot dit abonnement; wie het beheert, kan u toegang geven.',
  'people.ask.shared': 'Bij de vraag zien zij uw naam en uw e-mailadres.',
  'people.ask.send': 'Om toegang vragen',
  'people.ask.sent': 'U hebt om toegang gevraagd',
  'people.ask.sentText':
    'Wie dit abonnement beheert, ziet uw vraag op de pagina ervan. Open dit adres opnieuw zodra u toegang hebt gekregen.',
  'people.ask.refused': 'U hebt geen toegang',
  'people.ask.refusedText':
    'Uw vraag is geweigerd of uw toegang is ingetrokken. Een dag daarna kunt u het opnieuw vragen.',
  'people.ask.full':
    'Er wachten al te veel vragen. Neem contact op met wie het abonnement beheert.',
} as const satisfies Translation<typeof source>;

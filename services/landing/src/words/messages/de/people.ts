import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': 'Besitzer',
  'people.role.admin': 'Administrator',
  'people.role.viewer': 'Betrachter',
  'people.title': 'Personen und Rollen',
  'people.lead':
    'Personen Ihrer Organisation, die die Seite dieses Abonnements öffnen, können um Zugriff bitten. Hier entscheiden Sie.',
  'people.roles.owner': 'Besitzer dürfen alles, auch kündigen und weitere Besitzer benennen.',
  'people.roles.admin': 'Administratoren ändern Plan und Lizenzen und geben anderen Zugriff.',
  'people.roles.viewer': 'Betrachter sehen alles an und ändern nichts.',
  'people.waiting': 'Bitten um Zugriff',
  'people.waiting.none': 'Niemand bittet um Zugriff.',
  'people.asked': 'seit {date}',
  'people.members': 'Mit Zugriff',
  'people.you': 'Sie',
  'people.nameless': 'Person ohne Namen',
  'people.giveTo': 'Rolle von {name}',
  'people.grant': 'Zugriff geben',
  'people.refuse': 'Ablehnen',
  'people.save': 'Rolle speichern',
  'people.remove': 'Entfernen',
  'people.saved': 'Gespeichert.',
  'people.problem.lastOwner':
    'Der letzte Besitzer kann weder entfernt werden noch eine andere Rolle bekommen. Benennen Sie zuerst einen weiteren Besitzer.',
  'people.problem.ownerOnly': 'Besitzer werden nur von Besitzern benannt und entfernt.',
  'people.problem.tooMany': 'Es sind so viele Personen, wie ein Abonnement hier haben kann.',
  'people.problem.unknown': 'Diese Person hat keinen Zugriff mehr und bittet auch nicht darum.',
  'people.guests': 'Gäste Ihrer Organisation können keinen Zugriff bekommen.',
  'people.ask.title': 'Um Zugriff bitten',
  'people.ask.lead':
    'Ihre Organisation nutzt {product}. Auf dieses Abonnement haben Sie noch keinen Zugriff; wer es verwaltet, kann ihn Ihnen geben.',
  'people.ask.shared': 'Mit der Bitte sehen diese Personen Ihren Namen und Ihre E-Mail-Adresse.',
  'people.ask.send': 'Um Zugriff bitten',
  'people.ask.sent': 'Sie haben um Zugriff gebeten',
  'people.ask.sentText':
    'Wer dieses Abonnement verwaltet, sieht Ihre Bitte auf dessen Seite. Öffnen Sie diese Adresse wieder, sobald Sie Zugriff bekommen haben.',
  'people.ask.refused': 'Sie haben keinen Zugriff',
  'people.ask.refusedText':
    'Ihre Bitte wurde abgelehnt, oder Ihr Zugriff wurde zurückgenommen. Einen Tag danach können Sie wieder bitten.',
  'people.ask.full':
    'Es warten schon zu viele Bitten. Sprechen Sie bitte mit einer Person, die das Abonnement verwaltet.',
} as const satisfies Translation<typeof source>;

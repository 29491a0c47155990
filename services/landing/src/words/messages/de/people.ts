import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': 'Besitzer',
  'people.role.admin': 'Administrator',
  'people.role.viewer': 'Betrachter',
  'people.title': 'Personen und Rollen',
  'people.lead':
    'Wer in Ihrer Organisation die Seite dieses Abonnements öffnet, kann Zugriff anfordern. Hier genehmigen Sie Anfragen oder lehnen sie ab.',
  'people.roles.owner': 'Besitzer dürfen alles, auch kündigen und weitere Besitzer hinzufügen.',
  'people.roles.admin':
    'Administratoren können Plan und Lizenzen ändern und anderen Zugriff geben.',
  'people.roles.viewer': 'Betrachter können das Abonnement ansehen, aber nichts ändern.',
  'people.waiting': 'Zugriffsanfragen',
  'people.waiting.none': 'Keine Anfragen.',
  'people.asked': 'seit {date}',
  'people.members': 'Personen mit Zugriff',
  'people.you': 'Sie',
  'people.nameless': 'Person ohne Namen',
  'people.giveTo': 'Rolle für {name}',
  'people.grant': 'Genehmigen',
  'people.refuse': 'Ablehnen',
  'people.save': 'Rolle speichern',
  'people.remove': 'Entfernen',
  'people.saved': 'Gespeichert.',
  'people.problem.lastOwner':
    'Der letzte Besitzer kann nicht entfernt werden und keine andere Rolle bekommen. Fügen Sie zuerst einen weiteren Besitzer hinzu.',
  'people.problem.ownerOnly': 'Nur Besitzer können Besitzer hinzufügen oder entfernen.',
  'people.problem.tooMany': 'Dieses Abonnement hat die Höchstzahl an Personen erreicht.',
  'people.problem.unknown': 'Diese Person hat keinen Zugriff mehr und hat auch keinen angefordert.',
  'people.guests': 'Gäste Ihrer Organisation können keinen Zugriff bekommen.',
  'people.ask.title': 'Zugriff anfordern',
  'people.ask.lead':
    'Ihre Organisation nutzt {product}. Sie haben noch keinen Zugriff auf dieses Abonnement, aber wer es verwaltet, kann ihn Ihnen geben.',
  'people.ask.shared':
    'Ihr Name und Ihre E-Mail-Adresse werden diesen Personen und dem Anbieter von {product} angezeigt.',
  'people.ask.send': 'Zugriff anfordern',
  'people.ask.sent': 'Zugriff angefordert',
  'people.ask.sentText':
    'Die Personen, die dieses Abonnement verwalten, sehen Ihre Anfrage. Öffnen Sie diese Seite wieder, sobald sie genehmigt ist.',
  'people.ask.noAnswer':
    'Keine Antwort? Wenden Sie sich an den Support von {product}. Er kann einen neuen Besitzer hinzufügen, wenn der bisherige nicht mehr da ist.',
  'people.ask.refused': 'Sie haben keinen Zugriff',
  'people.ask.refusedText':
    'Ihre Anfrage wurde abgelehnt, oder Ihr Zugriff wurde entfernt. Nach einem Tag können Sie erneut Zugriff anfordern.',
  'people.ask.full':
    'Es warten bereits zu viele Anfragen. Bitte sprechen Sie mit den Personen, die das Abonnement verwalten.',
} as const satisfies Translation<typeof source>;

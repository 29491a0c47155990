import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'Confirmez votre achat',
  'confirm.titleLink': 'Associez votre abonnement',
  'confirm.lead':
    'Vous avez acheté {product} auprès de Microsoft. Vérifiez que tout est exact. La facturation ne commence qu’après votre confirmation.',
  'confirm.leadLink': 'Cet abonnement est actif. Associez-le à votre compte pour l’utiliser.',
  'confirm.failedBefore':
    'La dernière activation a échoué et rien n’a été facturé. Vous pouvez confirmer à nouveau.',
  'confirm.submit': 'Confirmer et activer',
  'confirm.submitLink': 'Associer à mon compte',
  'confirm.noteLink': 'Rien ne change dans votre plan ni dans son prix.',
  'confirm.note':
    'Nous demandons ensuite à Microsoft d’activer l’abonnement, ce qui prend généralement moins de deux minutes. Un achat que personne ne confirme est annulé par Microsoft après 30 jours et n’est jamais facturé.',
  'confirm.daysLeft':
    '{days, plural, =0 {C’est le dernier jour pour confirmer.} one {Il reste # jour pour confirmer.} other {Il reste # jours pour confirmer.}}',
  'confirm.email': 'Adresse e-mail de contact',
  'confirm.emailOfCustomer': 'Adresse e-mail de contact du client',
  'confirm.emailHelp':
    'Pour les messages concernant cet abonnement. Ce n’est pas un identifiant de connexion.',
  'confirm.emailProblem': 'Saisissez une adresse e-mail telle que nom@example.com.',
  'confirm.forCustomer':
    'Vous êtes connecté pour le partenaire qui a effectué cet achat. L’abonnement est destiné à l’organisation du client et lui appartiendra, pas à vous.',
  'confirm.customer': 'Client :',
  'confirm.ownerUnknown':
    'Microsoft ne nous a pas indiqué à quelle organisation cet achat est destiné. Nous ne pouvons donc pas vérifier qu’il s’agit de la vôtre.',
  'confirm.onBehalf': 'Je le configure pour le compte de ce client.',
  'confirm.entitled': 'Je suis autorisé à le configurer pour mon organisation.',
  'confirm.tickProblem': 'Confirmez ce point avant de continuer.',
} as const satisfies Translation<typeof source>;

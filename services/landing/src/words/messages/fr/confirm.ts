import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'Confirmez votre achat',
  'confirm.titleLink': 'Associez votre abonnement',
  'confirm.lead':
    'Vérifiez votre commande, puis confirmez-la pour activer {product}. Rien ne vous sera facturé avant.',
  'confirm.leadLink':
    'Cet abonnement est déjà actif. Associez-le à votre compte pour utiliser {product}.',
  'confirm.failedBefore':
    'La dernière activation a échoué et rien ne vous a été facturé. Vous pouvez confirmer à nouveau.',
  'confirm.restored':
    'Ce formulaire n’a pas encore été envoyé. Vos réponses sont toujours là : vérifiez-les et confirmez.',
  'confirm.submit': 'Confirmer et activer',
  'confirm.submitLink': 'Associer à mon compte',
  'confirm.noteLink': 'Votre plan et son prix restent les mêmes.',
  'confirm.note': 'Microsoft active ensuite votre abonnement, en général en moins de deux minutes.',
  'confirm.deadline':
    'Confirmez au plus tard le {date}. Passé ce délai, Microsoft annule l’achat et rien ne vous est facturé.',
  'confirm.email': 'Adresse e-mail de contact',
  'confirm.emailOfCustomer': 'Adresse e-mail de contact du client',
  'confirm.emailHelp': 'Pour les messages concernant cet abonnement, pas pour vous connecter.',
  'confirm.emailProblem': 'Saisissez une adresse e-mail, par exemple name@example.com.',
  'confirm.forCustomer':
    'Vous êtes connecté en tant que partenaire à l’origine de cet achat. L’abonnement appartiendra à l’organisation de votre client, et non à la vôtre.',
  'confirm.customer': 'Client :',
  'confirm.ownerUnknown':
    'Microsoft ne nous a pas indiqué à quelle organisation cet achat est destiné. Nous ne pouvons donc pas vérifier qu’il s’agit de la vôtre.',
  'confirm.onBehalf': 'J’effectue cette configuration pour le compte de ce client.',
  'confirm.entitled': 'Je suis autorisé à effectuer cette configuration pour mon organisation.',
  'confirm.tickProblem': 'Cochez cette case pour continuer.',
} as const satisfies Translation<typeof source>;

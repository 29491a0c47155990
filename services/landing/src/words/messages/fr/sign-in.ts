import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'La connexion n’a pas abouti',
  'signIn.notCompletedLead':
    'Soit vous avez annulé, soit votre organisation exige qu’un administrateur approuve les nouvelles applications. Votre achat est conservé : revenez à tout moment dans les 24 heures suivant son ouverture.',
  'signIn.tryAgain': 'Réessayer',
  'signIn.otherAccount': 'Utiliser un autre compte',
  'signIn.forAdmin': 'Pour votre administrateur',
  'signIn.scopes':
    'Nous ne faisons que connecter les personnes et lire leur profil de base (<code>{scopes}</code>). Nous ne demandons aucun accès aux données de l’organisation.',
  'signIn.applicationId': 'ID d’application : <code>{id}</code>',
  'signIn.approve': '<link>Approuver pour toute l’organisation</link> (administrateurs uniquement)',
  'signIn.again': 'Veuillez vous reconnecter',
  'signIn.againLead':
    'La connexion a pris trop de temps ou a été ouverte dans un autre navigateur. Votre achat n’est pas concerné.',
  'signIn.signIn': 'Se connecter',
  'signIn.againCookies':
    'Si cela se reproduit, il se peut que votre navigateur ne conserve pas les cookies de cette page. Autorisez-les ou utilisez un autre navigateur.',
  'signIn.cookies': 'Votre navigateur ne conserve pas de cookies pour cette page',
  'signIn.cookiesLead':
    'Pour vous connecter et conserver votre achat, nous avons besoin des cookies de cette page uniquement, aucun pour la publicité. Autorisez les cookies pour <b>{host}</b>, ou utilisez un autre navigateur ou une fenêtre qui n’est pas privée.',
  'signIn.cookiesNote':
    'Votre achat n’est pas concerné. Ouvrez-le ensuite à nouveau depuis l’endroit où vous avez acheté :',
} as const satisfies Translation<typeof source>;

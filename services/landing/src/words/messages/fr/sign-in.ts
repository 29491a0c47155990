import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'La connexion n’a pas abouti',
  'signIn.notCompletedLead':
    'Soit vous avez annulé, soit votre organisation exige qu’un administrateur approuve les nouvelles applications. Votre achat est conservé : vous pouvez revenir dans les 24 heures suivant son ouverture.',
  'signIn.tryAgain': 'Réessayer',
  'signIn.otherAccount': 'Utiliser un autre compte',
  'signIn.forAdmin': 'Pour votre administrateur',
  'signIn.scopes':
    'Nous connectons les personnes et lisons leur profil de base (<code>{scopes}</code>). Nous ne demandons aucun accès aux données de votre organisation.',
  'signIn.applicationId': 'ID d’application : <code>{id}</code>',
  'signIn.approve': '<link>Approuver pour toute l’organisation</link> (administrateurs uniquement)',
  'signIn.again': 'Veuillez vous reconnecter',
  'signIn.againLead':
    'La connexion a pris trop de temps ou a été commencée dans un autre navigateur. Votre achat n’est pas concerné.',
  'signIn.signIn': 'Se connecter',
  'signIn.againCookies':
    'Si cela se reproduit, votre navigateur bloque peut-être les cookies de ce site. Autorisez-les ou utilisez un autre navigateur.',
  'signIn.cookies': 'Votre navigateur bloque les cookies',
  'signIn.cookiesLead':
    'Nous avons besoin de cookies pour vous connecter et retrouver votre achat, pas pour la publicité. Autorisez les cookies pour <b>{host}</b>, ou utilisez un autre navigateur ou une fenêtre qui n’est pas privée.',
  'signIn.cookiesNote':
    'Votre achat n’est pas concerné. Une fois les cookies autorisés, ouvrez-le à nouveau depuis l’endroit où vous l’avez effectué :',
  'signIn.as': 'Vous êtes connecté en tant que <b>{who}</b>.',
  'signIn.personalLead':
    'Il s’agit d’un compte personnel. Si vous avez acheté au sein d’une organisation, connectez-vous à cette organisation : vous pouvez utiliser la même adresse e-mail.',
  'signIn.memberLead':
    'Si votre compte appartient aussi à l’organisation à laquelle cet achat est destiné, connectez-vous à cette organisation.',
  'signIn.guestLead':
    'Vous êtes invité dans l’organisation à laquelle cet achat est destiné. Demandez à l’un de ses membres de le configurer.',
  'signIn.organisation': 'Se connecter à cette organisation',
} as const satisfies Translation<typeof source>;

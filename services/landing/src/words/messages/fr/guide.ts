import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'Configurez votre achat',
  'guide.lead':
    'Pour terminer l’achat de {product}, venez ici depuis l’endroit où vous avez acheté. Le lien qui s’y trouve nous indique quel achat est le vôtre.',
  'guide.signIn': 'Se connecter pour voir votre achat',
  'guide.expired': 'Ce lien n’est plus valide',
  'guide.expiredLead':
    'Microsoft n’a pas pu nous indiquer à quel achat il correspond. Ces liens fonctionnent pendant 24 heures. Votre achat n’est pas concerné : ouvrez-le à nouveau et vous obtiendrez un nouveau lien.',
  'guide.inAzure': 'Dans le portail Azure',
  'guide.azure.open': 'Accédez à <link>portal.azure.com</link> et ouvrez <b>SaaS</b>.',
  'guide.choose': 'Choisissez l’abonnement.',
  'guide.azure.configure':
    'Choisissez <b>Configurer le compte maintenant</b> ou <b>Gérer le compte</b>.',
  'guide.inAdminCenter': 'Dans le Centre d’administration Microsoft 365',
  'guide.admin.open':
    'Accédez à <link>admin.microsoft.com</link>, puis <b>Facturation</b>, <b>Vos produits</b>.',
  'guide.admin.configure': 'Choisissez <b>Configurer le compte</b> ou <b>Gérer le compte</b>.',
} as const satisfies Translation<typeof source>;

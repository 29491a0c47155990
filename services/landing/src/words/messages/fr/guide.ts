import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'Configurez votre achat',
  'guide.lead':
    'Pour configurer {product}, ouvrez-le depuis l’endroit où vous l’avez acheté. Le lien qui s’y trouve nous indique quel achat est le vôtre.',
  'guide.signIn': 'Se connecter pour voir votre achat',
  'guide.expired': 'Ce lien ne fonctionne plus',
  'guide.expiredLead':
    'Les liens de Microsoft sont valables 24 heures. Votre achat n’est pas concerné : ouvrez-le à nouveau pour obtenir un nouveau lien.',
  'guide.inAzure': 'Dans le portail Azure',
  'guide.azure.open': 'Accédez à <link>portal.azure.com</link> et ouvrez <b>SaaS</b>.',
  'guide.choose': 'Sélectionnez l’abonnement.',
  'guide.azure.configure':
    'Sélectionnez <b>Configurer le compte maintenant</b> ou <b>Gérer le compte</b>.',
  'guide.inAdminCenter': 'Dans le Centre d’administration Microsoft 365',
  'guide.admin.open':
    'Accédez à <link>admin.microsoft.com</link>, puis à <b>Facturation</b> et <b>Vos produits</b>.',
  'guide.admin.configure': 'Sélectionnez <b>Configurer le compte</b> ou <b>Gérer le compte</b>.',
} as const satisfies Translation<typeof source>;

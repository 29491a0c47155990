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
  'guide.confirming': 'Nous confirmons votre achat',
  'guide.confirmingLead':
    'Nous n’avons pas encore pu confirmer votre achat auprès de Microsoft. Nous continuons d’essayer. Vous pouvez laisser cette page ouverte ou revenir dans les 24 heures.',
  'guide.unconfirmed': 'Nous n’avons pas pu confirmer votre achat',
  'guide.unconfirmedLead':
    'Microsoft ne reconnaît pas ce lien. Votre achat n’est pas concerné : ouvrez-le à nouveau pour obtenir un nouveau lien. Tant que cette page est ouverte, nous continuons aussi à vérifier celui-ci.',
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

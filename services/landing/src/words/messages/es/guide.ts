import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'Configure su compra',
  'guide.lead':
    'Para completar la compra de {product}, venga aquí desde el lugar donde la realizó. El vínculo que hay allí nos indica cuál es su compra.',
  'guide.signIn': 'Iniciar sesión para ver su compra',
  'guide.expired': 'Este vínculo ya no es válido',
  'guide.expiredLead':
    'Microsoft no ha podido indicarnos a qué compra pertenece. Estos vínculos funcionan durante 24 horas. Su compra no se ve afectada: ábrala de nuevo y obtendrá un vínculo nuevo.',
  'guide.inAzure': 'En Azure Portal',
  'guide.azure.open': 'Vaya a <link>portal.azure.com</link> y abra <b>SaaS</b>.',
  'guide.choose': 'Elija la suscripción.',
  'guide.azure.configure': 'Elija <b>Configurar la cuenta ahora</b> o <b>Administrar cuenta</b>.',
  'guide.inAdminCenter': 'En el Centro de administración de Microsoft 365',
  'guide.admin.open':
    'Vaya a <link>admin.microsoft.com</link>, <b>Facturación</b>, <b>Sus productos</b>.',
  'guide.admin.configure': 'Elija <b>Configurar cuenta</b> o <b>Administrar cuenta</b>.',
} as const satisfies Translation<typeof source>;

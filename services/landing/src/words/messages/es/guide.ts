import type { Translation } from '../../translation.ts';
import type { guide as source } from '../en/guide.ts';

export const guide = {
  'guide.title': 'Configure su compra',
  'guide.lead':
    'Para configurar {product}, ábralo desde el lugar donde lo compró. El enlace que encontrará allí nos indica cuál es su compra.',
  'guide.signIn': 'Iniciar sesión para ver su compra',
  'guide.expired': 'Este enlace ya no funciona',
  'guide.expiredLead':
    'Los enlaces de Microsoft son válidos durante 24 horas. Su compra no se ve afectada: ábrala de nuevo para obtener un enlace nuevo.',
  'guide.confirming': 'Todavía estamos confirmando su compra',
  'guide.confirmingLead':
    'Aún no hemos podido confirmar su compra con Microsoft. Seguiremos intentándolo. Puede dejar esta página abierta o volver en las próximas 24 horas.',
  'guide.unconfirmed': 'No hemos podido confirmar su compra',
  'guide.unconfirmedLead':
    'Microsoft no reconoce este enlace. Su compra no se ve afectada: ábrala de nuevo para obtener un enlace nuevo. Mientras esta página esté abierta, también seguiremos comprobando este.',
  'guide.inAzure': 'En Azure Portal',
  'guide.azure.open': 'Vaya a <link>portal.azure.com</link> y abra <b>SaaS</b>.',
  'guide.choose': 'Seleccione la suscripción.',
  'guide.azure.configure': 'Seleccione <b>Configurar cuenta ahora</b> o <b>Administrar cuenta</b>.',
  'guide.inAdminCenter': 'En el Centro de administración de Microsoft 365',
  'guide.admin.open':
    'Vaya a <link>admin.microsoft.com</link> y después a <b>Facturación</b> y <b>Sus productos</b>.',
  'guide.admin.configure': 'Seleccione <b>Configurar cuenta</b> o <b>Administrar cuenta</b>.',
} as const satisfies Translation<typeof source>;

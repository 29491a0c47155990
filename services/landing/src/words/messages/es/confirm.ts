import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'Confirme su compra',
  'confirm.titleLink': 'Vincule su suscripción',
  'confirm.lead':
    'Ha comprado {product} a Microsoft. Compruebe que todo sea correcto. La facturación empieza solo después de que lo confirme.',
  'confirm.leadLink': 'Esta suscripción está activa. Vincúlela a su cuenta para poder usarla.',
  'confirm.failedBefore':
    'La última activación no se completó y no se ha facturado nada. Puede confirmar de nuevo.',
  'confirm.submit': 'Confirmar y activar',
  'confirm.submitLink': 'Vincular a mi cuenta',
  'confirm.noteLink': 'Nada cambia en su plan ni en su precio.',
  'confirm.note':
    'A continuación pedimos a Microsoft que active la suscripción. Suele tardar menos de dos minutos. Una compra que nadie confirma la cancela Microsoft a los 30 días y nunca se factura.',
  'confirm.daysLeft':
    '{days, plural, =0 {Hoy es el último día para confirmarla.} one {Queda # día para confirmarla.} other {Quedan # días para confirmarla.}}',
  'confirm.email': 'Correo electrónico de contacto',
  'confirm.emailOfCustomer': 'Correo electrónico de contacto del cliente',
  'confirm.emailHelp':
    'Para los mensajes sobre esta suscripción. No es un nombre de inicio de sesión.',
  'confirm.emailProblem': 'Escriba una dirección de correo como nombre@example.com.',
  'confirm.forCustomer':
    'Ha iniciado sesión en nombre del socio que realizó esta compra. La suscripción es para la organización del cliente y le pertenecerá a ella, no a usted.',
  'confirm.customer': 'Cliente:',
  'confirm.ownerUnknown':
    'Microsoft no nos ha indicado para qué organización es esta compra, por lo que no podemos comprobar que sea la suya.',
  'confirm.onBehalf': 'La configuro en nombre de este cliente.',
  'confirm.entitled': 'Estoy autorizado a configurarla para mi organización.',
  'confirm.tickProblem': 'Confirme este punto antes de continuar.',
} as const satisfies Translation<typeof source>;

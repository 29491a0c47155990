import type { Translation } from '../../translation.ts';
import type { confirm as source } from '../en/confirm.ts';

export const confirm = {
  'confirm.title': 'Confirme su compra',
  'confirm.titleLink': 'Vincule su suscripción',
  'confirm.lead':
    'Revise su pedido y confírmelo para activar {product}. No se le cobrará nada antes.',
  'confirm.leadLink':
    'Esta suscripción ya está activa. Vincúlela a su cuenta para empezar a usar {product}.',
  'confirm.failedBefore':
    'La última activación no se completó y no se le cobró nada. Puede confirmar de nuevo.',
  'confirm.restored':
    'Este formulario aún no se ha enviado. Sus respuestas siguen aquí: revíselas y confirme.',
  'confirm.submit': 'Confirmar y activar',
  'confirm.submitLink': 'Vincular a mi cuenta',
  'confirm.noteLink': 'Su plan y su precio no cambian.',
  'confirm.note': 'Después, Microsoft activa su suscripción, normalmente en menos de dos minutos.',
  'confirm.deadline':
    'Confirme como máximo el {date}. Después, Microsoft cancela la compra y no se le cobra nada.',
  'confirm.email': 'Correo electrónico de contacto',
  'confirm.emailOfCustomer': 'Correo electrónico de contacto del cliente',
  'confirm.emailHelp': 'Para mensajes sobre esta suscripción, no para iniciar sesión.',
  'confirm.emailProblem':
    'Introduzca una dirección de correo electrónico, por ejemplo name@example.com.',
  'confirm.forCustomer':
    'Ha iniciado sesión como el partner que realizó esta compra. La suscripción pertenecerá a la organización de su cliente, no a la suya.',
  'confirm.customer': 'Cliente:',
  'confirm.ownerUnknown':
    'Microsoft no nos ha indicado para qué organización es esta compra, por lo que no podemos comprobar que sea la suya.',
  'confirm.onBehalf': 'Realizo esta configuración en nombre de este cliente.',
  'confirm.entitled':
    'Tengo autorización para realizar esta configuración en nombre de mi organización.',
  'confirm.tickProblem': 'Marque esta casilla para continuar.',
} as const satisfies Translation<typeof source>;

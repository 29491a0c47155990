import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'Su suscripción está activa',
  'standing.byPartner':
    'Un partner compró esta suscripción para usted. Pídale que cambie el plan o las licencias, o que la cancele.',
  'standing.whereBought':
    'Para cambiar el plan o las licencias, o para cancelar, vaya al lugar donde la compró: <azure>Azure Portal</azure> o el <admin>Centro de administración de Microsoft 365</admin>.',
  'standing.suspended': 'Su pago no se ha completado',
  'standing.suspendedLead':
    'Microsoft no pudo cobrar su pago y ha suspendido esta suscripción. <b>Sus datos están a salvo.</b> En cuanto se complete el pago, todo funcionará como antes.',
  'standing.suspendedEnds':
    'Si no paga, Microsoft finaliza la suscripción de forma definitiva {days} días después de la suspensión.',
  'standing.suspendedEndsOn':
    'Si no paga, Microsoft finaliza la suscripción de forma definitiva {days} días después de la suspensión, alrededor del <b>{date}</b>.',
  'standing.askPartner':
    'Un partner compró esta suscripción para usted. Pídale que regularice el pago.',
  'standing.settle': 'Pagar en Microsoft',
  'standing.adminCenter': 'Centro de administración de Microsoft 365',
  'standing.ended': 'Esta suscripción ha finalizado',
  'standing.endedLead':
    'No se puede reactivar. Para volver a usar {product}, compre una suscripción nueva.',
  'standing.buyAgain': 'Comprar de nuevo',
  'standing.endedSubscription': 'Suscripción finalizada',
  'standing.endedOn': 'Finalizó el',
  'standing.endedWhy': 'Motivo',
  'standing.why.cancelledBy': 'Cancelada por {name}',
  'standing.why.cancelled': 'Cancelada en la página de la suscripción',
  'standing.why.bySeller': 'Cancelada por el proveedor',
  'standing.why.payment': 'El pago no se completó',
  'standing.why.notRenewed': 'El período terminó y la renovación automática estaba desactivada',
  'standing.why.notActivated': 'La compra no llegó a activarse',
  'standing.why.elsewhere': 'Cancelada donde se compró, o por Microsoft',
  'standing.endedData':
    'Si todavía necesita sus datos, póngase en contacto con soporte cuanto antes.',
  'standing.endedDataUntil':
    'Conservamos sus datos hasta el {date} y después los borramos. Si todavía los necesita, póngase en contacto con soporte antes de esa fecha.',
  'standing.preparing': 'Su compra se está preparando',
  'standing.preparingLead':
    'Microsoft todavía no ha terminado. Esta página se actualiza automáticamente; no tiene que hacer nada.',
  'standing.lookAgain': 'Comprobar ahora',
  'standing.stranger': 'Esta compra es para otra organización',
  'standing.strangerLead':
    'La cuenta con la que ha iniciado sesión no hizo esta compra ni es su destinataria. Para proteger a su propietario, no mostramos ningún detalle. No se ha cambiado nada.',
  'standing.strangerNote':
    'Si un compañero o un partner le envió el enlace, debe abrirlo alguien de la otra organización.',
} as const satisfies Translation<typeof source>;

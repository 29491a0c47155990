import type { Translation } from '../../translation.ts';
import type { standing as source } from '../en/standing.ts';

export const standing = {
  'standing.active': 'Su suscripción está activa',
  'standing.byPartner':
    'Un socio realizó esta compra para usted. El socio es quien cambia el plan y las licencias o cancela.',
  'standing.whereBought':
    'Cambie el plan o las licencias, o cancele, donde realizó la compra: en <azure>Azure Portal</azure> o en el <admin>Centro de administración de Microsoft 365</admin>.',
  'standing.suspended': 'Falta el pago',
  'standing.suspendedLead':
    'Microsoft no ha podido cobrar el pago y ha suspendido esta suscripción. <b>Sus datos están a salvo.</b> En cuanto se resuelva el pago, todo funcionará como antes.',
  'standing.suspendedEnds':
    'Sin el pago, Microsoft finaliza definitivamente la suscripción {days} días después de la suspensión.',
  'standing.suspendedEndsOn':
    'Sin el pago, Microsoft finaliza definitivamente la suscripción {days} días después de la suspensión, alrededor del <b>{date}</b>.',
  'standing.askPartner': 'Un socio realizó esta compra para usted: pídale que resuelva el pago.',
  'standing.settle': 'Resolverlo con Microsoft',
  'standing.adminCenter': 'Centro de administración de Microsoft 365',
  'standing.ended': 'Esta suscripción ha finalizado',
  'standing.endedLead':
    'No se puede volver a iniciar. Si quiere seguir usando {product}, cómprelo de nuevo: la nueva suscripción es independiente de esta.',
  'standing.buyAgain': 'Comprar de nuevo',
  'standing.endedSubscription': 'La suscripción finalizada',
  'standing.endedData': 'Si todavía necesita datos de ella, contacte pronto con soporte.',
  'standing.endedDataUntil':
    'Sus datos se conservan hasta el {date} y después se borran. Si todavía necesita algo, contacte antes con soporte.',
  'standing.preparing': 'Su compra todavía se está preparando',
  'standing.preparingLead':
    'Microsoft aún no ha terminado. Esta página lo comprueba por sí sola; no tiene que hacer nada.',
  'standing.lookAgain': 'Comprobar ahora',
  'standing.stranger': 'Esta compra es para otra organización',
  'standing.strangerLead':
    'Ha iniciado sesión con una cuenta que no realizó esta compra y a la que no está destinada. Para proteger a su propietario no mostramos nada de ella, y no se ha cambiado nada.',
  'standing.strangerNote':
    'Si un compañero o un socio le envió el vínculo, pida que lo abra alguien de la organización a la que está destinada la compra.',
} as const satisfies Translation<typeof source>;

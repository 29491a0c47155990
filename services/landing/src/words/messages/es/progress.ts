import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': 'Usted confirmó la compra',
  'progress.step.space': 'Su espacio se prepara',
  'progress.step.requested': 'Activación solicitada a Microsoft',
  'progress.step.received': 'Recibida por Microsoft',
  'progress.step.confirmed': 'Confirmada por Microsoft',
  'progress.step.ready': 'Lista para usar',
  'progress.step.confirmedReady': 'Confirmada por Microsoft, lista para usar',
  'progress.recorded': 'Gracias. Estamos empezando',
  'progress.provisioning': 'Se está creando su espacio',
  'progress.requested': 'Solicitándolo a Microsoft',
  'progress.received': 'A la espera de la confirmación de Microsoft',
  'progress.settingUp': 'Microsoft lo ha confirmado, se está creando su espacio',
  'progress.ready': 'Lista para usar',
  'progress.unready': 'Su espacio aún no se ha podido crear',
  'progress.failed': 'La activación no se completó',
  'progress.suspended': 'Falta el pago',
  'progress.ended': 'Esta suscripción ha finalizado',
  'progress.done': '(hecho)',
  'progress.current': '(en curso)',
  'progress.waiting': '(pendiente)',
  'progress.stale':
    'Ahora mismo no se puede obtener el estado más reciente. Esta página lo sigue intentando.',
  'progress.readyLead': 'Su suscripción de {product} está activa.',
  'progress.readyNote':
    'El plan, las licencias y la cancelación se administran donde realizó la compra. Desde allí también puede volver a esta página.',
  'progress.unreadyLead':
    'Microsoft ha confirmado su suscripción, pero su espacio en {product} aún no se ha podido crear. Ya estamos informados. Esta página lo mostrará en cuanto esté listo. Si no puede esperar, contacte con soporte e indique el código que aparece abajo.',
  'progress.suspendedLead':
    'Microsoft no ha podido cobrar el pago y ha suspendido la suscripción. Sus datos están a salvo.',
  'progress.whatToDo': 'Qué puede hacer',
  'progress.endedLead': 'Se canceló o no se activó. Ya no se factura nada más por ella.',
  'progress.buyAgain': 'Comprar de nuevo',
  'progress.underwayLead':
    'Suele tardar menos de dos minutos. Puede cerrar esta página y volver más tarde: el trabajo continúa sin ella.',
  'progress.slow':
    'Está tardando más de lo habitual. Seguimos con ello y no se pierde nada. Si desea preguntar, indique al soporte el código que aparece abajo.',
  'progress.failedLead':
    'No se ha facturado nada. Puede volver a intentarlo ahora mismo, tantas veces como quiera.',
  'progress.tryAgain': 'Volver a intentarlo',
  'progress.failedNote':
    'Si vuelve a fallar, contacte con soporte e indique el código de abajo: allí pueden ver el motivo. Una compra que no se activa en 30 días la cancela Microsoft y nunca se factura.',
} as const satisfies Translation<typeof source>;

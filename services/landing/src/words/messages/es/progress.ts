import type { Translation } from '../../translation.ts';
import type { progress as source } from '../en/progress.ts';

export const progress = {
  'progress.step.recorded': 'Compra confirmada',
  'progress.step.space.waiting': 'Preparar su espacio de trabajo',
  'progress.step.space.current': 'Preparando su espacio de trabajo',
  'progress.step.space.done': 'Espacio de trabajo preparado',
  'progress.step.requested.waiting': 'Solicitar la activación a Microsoft',
  'progress.step.requested.current': 'Solicitando la activación a Microsoft',
  'progress.step.requested.done': 'Activación solicitada a Microsoft',
  'progress.step.confirmed.waiting': 'Confirmación de Microsoft',
  'progress.step.confirmed.current': 'Esperando la confirmación de Microsoft',
  'progress.step.confirmed.done': 'Confirmado por Microsoft',
  'progress.step.ready': 'Listo para usar',
  'progress.recorded': 'Gracias. Estamos empezando',
  'progress.provisioning': 'Preparando su espacio de trabajo',
  'progress.requested': 'Activando su suscripción',
  'progress.received': 'Esperando la confirmación de Microsoft',
  'progress.settingUp': 'Ya casi está: preparando su espacio de trabajo',
  'progress.ready': 'Listo para usar',
  'progress.unready': 'Su espacio de trabajo aún no está listo',
  'progress.failed': 'La activación no se completó',
  'progress.suspended': 'Su pago no se ha completado',
  'progress.ended': 'Esta suscripción ha finalizado',
  'progress.done': '(hecho)',
  'progress.current': '(en curso)',
  'progress.waiting': '(pendiente)',
  'progress.stale':
    'Ahora mismo no podemos obtener el estado más reciente. Esta página lo sigue intentando.',
  'progress.readyLead': 'Su suscripción a {product} está activa.',
  'progress.readyNote':
    'Para cambiar el plan o las licencias, o para cancelar, vaya al lugar donde compró. Desde allí también puede volver a abrir esta página.',
  'progress.unreadyLead':
    'Microsoft ha confirmado su suscripción, pero no hemos podido terminar de preparar su espacio de trabajo en {product}. Ya hemos recibido el aviso y esta página se actualizará en cuanto esté listo. Si no puede esperar, póngase en contacto con soporte e indique el código de abajo.',
  'progress.suspendedLead':
    'Microsoft no ha podido cobrar su pago y ha suspendido la suscripción. Sus datos están a salvo.',
  'progress.whatToDo': 'Ver qué puede hacer',
  'progress.endedLead': 'Se canceló o no llegó a activarse. No se le volverá a cobrar.',
  'progress.buyAgain': 'Comprar de nuevo',
  'progress.underwayLead':
    'Normalmente tarda menos de dos minutos. Puede cerrar esta página y volver más tarde: nosotros continuamos.',
  'progress.spaceLead':
    'Estamos preparando {product} para usted. Puede cerrar esta página y volver más tarde: nosotros continuamos.',
  'progress.slow':
    'Está tardando más de lo habitual. Seguimos trabajando en ello y no se pierde nada. Puede cerrar esta página y volver más tarde. Si tiene alguna pregunta, indique a soporte el código de abajo.',
  'progress.failedLead': 'No se le ha cobrado nada. Puede volver a intentarlo ahora.',
  'progress.tryAgain': 'Intentar de nuevo',
  'progress.failedNote':
    'Si vuelve a fallar, póngase en contacto con soporte e indique el código de abajo para que encuentren la causa. Si la compra no se activa en 30 días, Microsoft la cancela y no se le cobra nada.',
} as const satisfies Translation<typeof source>;

import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'Un momento, por favor',
  'trouble.unavailableLead':
    'Ahora mismo no podemos conectar con un servicio que necesitamos. Conservamos su compra: no se pierde nada.',
  'trouble.retriesItself': 'Esta página lo vuelve a intentar por sí sola.',
  'trouble.tryNow': 'Volver a intentarlo ahora',
  'trouble.broken': 'Se ha producido un error por nuestra parte',
  'trouble.brokenLead':
    'Su compra no se ve afectada. Vuelva a intentarlo; si el problema continúa, contacte con soporte.',
  'trouble.tryAgain': 'Volver a intentarlo',
  'trouble.notFound': 'Esta página no existe',
  'trouble.notFoundLead':
    'O pertenece a otra persona. Si es suya, inicie sesión con la cuenta que usó anteriormente.',
  'trouble.toPurchase': 'Ir a su compra',
  'trouble.otherAccount': 'Usar otra cuenta',
  'trouble.formRefused': 'Vuelva a intentarlo',
  'trouble.formRefusedLead':
    'Este formulario era demasiado antiguo o no procedía de nuestra página. No se ha cambiado nada.',
  'trouble.openAgain': 'Abrirlo de nuevo',
} as const satisfies Translation<typeof source>;

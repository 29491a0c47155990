import type { Translation } from '../../translation.ts';
import type { trouble as source } from '../en/trouble.ts';

export const trouble = {
  'trouble.unavailable': 'Un momento, por favor',
  'trouble.unavailableLead':
    'Ahora mismo no podemos acceder a un servicio que necesitamos. Su compra está a salvo.',
  'trouble.retriesItself': 'Esta página lo vuelve a intentar automáticamente.',
  'trouble.tryNow': 'Intentar de nuevo ahora',
  'trouble.broken': 'Algo ha fallado por nuestra parte',
  'trouble.brokenLead':
    'Su compra no se ve afectada. Inténtelo de nuevo. Si sigue ocurriendo, póngase en contacto con soporte.',
  'trouble.tryAgain': 'Intentar de nuevo',
  'trouble.notFound': 'Página no encontrada',
  'trouble.notFoundLead':
    'Puede que esta página no exista o que no tenga acceso a ella. Si es suya, inicie sesión con la cuenta que usó antes.',
  'trouble.toPurchase': 'Ir a su compra',
  'trouble.otherAccount': 'Usar otra cuenta',
  'trouble.formRefused': 'Este formulario no se ha enviado',
  'trouble.formRefusedLead':
    'No se ha cambiado nada. Puede que haya cambiado de cuenta después de abrir el formulario o que el formulario no proceda de nuestra página.',
  'trouble.openAgain': 'Abrir de nuevo',
} as const satisfies Translation<typeof source>;

import type { Translation } from '../../translation.ts';
import type { frame as source } from '../en/frame.ts';

export const frame = {
  'frame.skip': 'Ir al contenido principal',
  'frame.signedIn': 'Sesión iniciada',
  'frame.signOut': 'Cerrar sesión',
  'frame.notYou': 'Usar otra cuenta',
  'frame.tenant': 'Id. de la organización',
  'frame.personalAccount': 'Cuenta personal de Microsoft',
  'frame.needHelp': '¿Necesita ayuda?',
  'frame.contactSupport': 'Contactar con soporte',
  'frame.supportCode': 'Código de soporte',
  'frame.copy': 'Copiar',
  'frame.copied': 'Copiado',
  'frame.language': 'Idioma',
  'frame.terms': 'Condiciones de uso',
  'frame.privacy': 'Privacidad',
  'frame.openProduct': 'Abrir {product}',
} as const satisfies Translation<typeof source>;

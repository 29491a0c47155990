import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'El inicio de sesión no se completó',
  'signIn.notCompletedLead':
    'O bien usted canceló, o bien su organización exige que un administrador apruebe las aplicaciones nuevas. Conservamos su compra: vuelva cuando quiera en las 24 horas siguientes a su apertura.',
  'signIn.tryAgain': 'Volver a intentarlo',
  'signIn.otherAccount': 'Usar otra cuenta',
  'signIn.forAdmin': 'Para su administrador',
  'signIn.scopes':
    'Solo iniciamos la sesión de las personas y leemos su perfil básico (<code>{scopes}</code>). No pedimos acceso a los datos de la organización.',
  'signIn.applicationId': 'Id. de aplicación: <code>{id}</code>',
  'signIn.approve': '<link>Aprobar para toda la organización</link> (solo administradores)',
  'signIn.again': 'Vuelva a iniciar sesión',
  'signIn.againLead':
    'El inicio de sesión tardó demasiado o se abrió en otro navegador. Su compra no se ve afectada.',
  'signIn.signIn': 'Iniciar sesión',
  'signIn.againCookies':
    'Si vuelve a ocurrir, es posible que su navegador no guarde las cookies de esta página. Permítalas o use otro navegador.',
  'signIn.cookies': 'Su navegador no guarda cookies para esta página',
  'signIn.cookiesLead':
    'Para iniciar su sesión y conservar su compra necesitamos solo las cookies de esta página, ninguna de publicidad. Permita las cookies para <b>{host}</b>, o use otro navegador o una ventana que no sea privada.',
  'signIn.cookiesNote':
    'Su compra no se ve afectada. Después, ábrala de nuevo desde el lugar donde la realizó:',
} as const satisfies Translation<typeof source>;

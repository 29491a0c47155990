import type { Translation } from '../../translation.ts';
import type { signIn as source } from '../en/sign-in.ts';

export const signIn = {
  'signIn.notCompleted': 'El inicio de sesión no se completó',
  'signIn.notCompletedLead':
    'O bien lo canceló, o bien su organización exige que un administrador apruebe las aplicaciones nuevas. Su compra está a salvo: puede volver en las 24 horas posteriores a su apertura.',
  'signIn.tryAgain': 'Intentar de nuevo',
  'signIn.otherAccount': 'Usar otra cuenta',
  'signIn.forAdmin': 'Para su administrador',
  'signIn.scopes':
    'Iniciamos la sesión de las personas y leemos su perfil básico (<code>{scopes}</code>). No pedimos acceso a los datos de su organización.',
  'signIn.applicationId': 'Id. de aplicación: <code>{id}</code>',
  'signIn.approve': '<link>Aprobar para toda la organización</link> (solo administradores)',
  'signIn.again': 'Vuelva a iniciar sesión',
  'signIn.againLead':
    'El inicio de sesión tardó demasiado o se empezó en otro navegador. Su compra no se ve afectada.',
  'signIn.signIn': 'Iniciar sesión',
  'signIn.againCookies':
    'Si vuelve a ocurrir, es posible que su navegador esté bloqueando las cookies de este sitio. Permítalas o use otro navegador.',
  'signIn.cookies': 'Su navegador está bloqueando las cookies',
  'signIn.cookiesLead':
    'Necesitamos cookies para iniciar su sesión y recordar su compra, no para publicidad. Permita las cookies de <b>{host}</b>, o use otro navegador o una ventana que no sea privada.',
  'signIn.cookiesNote':
    'Su compra no se ve afectada. Cuando haya permitido las cookies, ábrala de nuevo desde el lugar donde compró:',
  'signIn.as': 'Ha iniciado sesión como <b>{who}</b>.',
  'signIn.personalLead':
    'Es una cuenta personal. Si compró como parte de una organización, inicie sesión en esa organización: puede usar la misma dirección de correo electrónico.',
  'signIn.memberLead':
    'Si su cuenta también pertenece a la organización a la que corresponde esta compra, inicie sesión en esa organización.',
  'signIn.guestLead':
    'Es usted un invitado en la organización a la que corresponde esta compra. Pida a uno de sus miembros que la configure.',
  'signIn.organisation': 'Iniciar sesión en esa organización',
} as const satisfies Translation<typeof source>;

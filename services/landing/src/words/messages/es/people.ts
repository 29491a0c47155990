import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': 'Propietario',
  'people.role.admin': 'Administrador',
  'people.role.viewer': 'Lector',
  'people.title': 'Personas y roles',
  'people.lead':
    'Las personas de su organización que abren la página de esta suscripción pueden solicitar acceso. Aquí decide usted.',
  'people.roles.owner':
    'Los propietarios pueden hacerlo todo, también cancelar y nombrar a otros propietarios.',
  'people.roles.admin':
    'Los administradores cambian el plan y las licencias y dan acceso a otras personas.',
  'people.roles.viewer': 'Los lectores consultan y no cambian nada.',
  'people.waiting': 'Solicitudes de acceso',
  'people.waiting.none': 'Nadie solicita acceso.',
  'people.asked': 'desde el {date}',
  'people.members': 'Con acceso',
  'people.you': 'usted',
  'people.nameless': 'Persona sin nombre',
  'people.giveTo': 'Rol de {name}',
  'people.grant': 'Dar acceso',
  'people.refuse': 'Rechazar',
  'people.save': 'Guardar rol',
  'people.remove': 'Quitar',
  'people.saved': 'Guardado.',
  'people.problem.lastOwner':
    'No se puede quitar al último propietario ni darle otro rol. Nombre primero a otro propietario.',
  'people.problem.ownerOnly': 'Solo los propietarios nombran y quitan a propietarios.',
  'people.problem.tooMany': 'Ya hay tantas personas como puede tener aquí una suscripción.',
  'people.problem.unknown': 'Esta persona ya no tiene acceso ni lo solicita.',
  'people.guests': 'No se puede dar acceso a los invitados de su organización.',
  'people.ask.title': 'Solicitar acceso',
  'people.ask.lead':
    'Su organización usa {product}. Todavía no tiene acceso a esta suscripción; quien la administra puede dárselo.',
  'people.ask.shared': 'Con la solicitud verán su nombre y su dirección de correo electrónico.',
  'people.ask.send': 'Solicitar acceso',
  'people.ask.sent': 'Ha solicitado acceso',
  'people.ask.sentText':
    'Quienes administran esta suscripción ven su solicitud en la página de la suscripción. Vuelva a abrir esta dirección cuando le hayan dado acceso.',
  'people.ask.refused': 'No tiene acceso',
  'people.ask.refusedText':
    'Su solicitud fue rechazada o se le retiró el acceso. Puede volver a solicitarlo un día después.',
  'people.ask.full':
    'Ya hay demasiadas solicitudes en espera. Hable con quien administra la suscripción.',
} as const satisfies Translation<typeof source>;

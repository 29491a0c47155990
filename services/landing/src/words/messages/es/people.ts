import type { Translation } from '../../translation.ts';
import type { people as source } from '../en/people.ts';

export const people = {
  'people.role.owner': 'Propietario',
  'people.role.admin': 'Administrador',
  'people.role.viewer': 'Lector',
  'people.title': 'Personas y roles',
  'people.lead':
    'Las personas de su organización que abren la página de esta suscripción pueden solicitar acceso. Aquí aprueba o rechaza las solicitudes.',
  'people.roles.owner':
    'Los propietarios pueden hacerlo todo, incluso cancelar y añadir a otros propietarios.',
  'people.roles.admin':
    'Los administradores pueden cambiar el plan y las licencias, y dar acceso a otras personas.',
  'people.roles.viewer': 'Los lectores pueden ver la suscripción, pero no cambiar nada.',
  'people.waiting': 'Solicitudes de acceso',
  'people.waiting.none': 'No hay solicitudes.',
  'people.asked': 'desde el {date}',
  'people.members': 'Personas con acceso',
  'people.you': 'usted',
  'people.nameless': 'Persona sin nombre',
  'people.giveTo': 'Rol de {name}',
  'people.grant': 'Aprobar',
  'people.refuse': 'Rechazar',
  'people.save': 'Guardar el rol',
  'people.remove': 'Quitar',
  'people.saved': 'Guardado.',
  'people.problem.lastOwner':
    'No puede quitar al último propietario ni cambiar su rol. Añada primero a otro propietario.',
  'people.problem.ownerOnly': 'Solo los propietarios pueden añadir o quitar propietarios.',
  'people.problem.tooMany': 'Esta suscripción ha alcanzado el número máximo de personas.',
  'people.problem.unknown': 'Esta persona ya no tiene acceso ni lo ha solicitado.',
  'people.guests': 'Los invitados de su organización no pueden obtener acceso.',
  'people.ask.title': 'Solicitar acceso',
  'people.ask.lead':
    'Su organización usa {product}. Todavía no tiene acceso a esta suscripción, pero las personas que la administran pueden dárselo.',
  'people.ask.shared':
    'Su nombre y su dirección de correo se comparten con ellas y con el proveedor de {product}.',
  'people.ask.send': 'Solicitar acceso',
  'people.ask.sent': 'Acceso solicitado',
  'people.ask.sentText':
    'Las personas que administran esta suscripción ven su solicitud. Vuelva a esta página cuando la hayan aprobado.',
  'people.ask.noAnswer':
    '¿No hay respuesta? Póngase en contacto con el soporte de {product}. Puede añadir un nuevo propietario si el anterior ya no está.',
  'people.ask.refused': 'No tiene acceso',
  'people.ask.refusedText':
    'Su solicitud se rechazó o se le quitó el acceso. Puede volver a solicitarlo pasado un día.',
  'people.ask.full':
    'Ya hay demasiadas solicitudes en espera. Hable con las personas que administran la suscripción.',
} as const satisfies Translation<typeof source>;

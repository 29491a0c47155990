import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': 'Continuar',
  'changes.back': 'Volver sin cambiar nada',
  'changes.plan.title': 'Cambiar el plan',
  'changes.plan.lead': 'Elija un plan. Verá el efecto antes de que ocurra nada.',
  'changes.plan.legend': 'Planes a los que puede pasar',
  'changes.plan.current': 'Su plan actual',
  'changes.plan.seatsFrom': '{min, plural, one {desde # licencia} other {desde # licencias}}',
  'changes.plan.seatsTo': '{max, plural, one {hasta # licencia} other {hasta # licencias}}',
  'changes.plan.seatsBetween': 'de {min} a {max} licencias',
  'changes.plan.perSeat': '{price} por licencia, por una duración de {term}',
  'changes.plan.price': '{price}, por una duración de {term}',
  'changes.plan.private': 'Plan privado',
  'changes.plan.trial': 'Prueba gratuita',
  'changes.plan.unfit':
    'Estos planes requieren otro número de licencias; cambie primero las licencias:',
  'changes.plan.refused': 'No disponibles para su suscripción:',
  'changes.plan.missing': 'Elija un plan.',
  'changes.confirm.title': 'Revisar el cambio',
  'changes.confirm.from': 'Ahora',
  'changes.confirm.to': 'Después del cambio',
  'changes.confirm.when': 'Cuándo',
  'changes.confirm.whenValue':
    'Hoy, {date}: en cuanto Microsoft lo confirme, normalmente en unos minutos.',
  'changes.confirm.planMoney':
    'Microsoft descuenta del nuevo precio lo pagado por adelantado, con exactitud de días. El uso por encima de lo incluido se factura según el plan en el que se produjo.',
  'changes.confirm.seatsMoney':
    'Microsoft cobra las licencias añadidas por el resto del período, con exactitud de días. Para las licencias que deje, se aplican las condiciones de su compra.',
  'changes.confirm.endsTrial':
    'Su prueba gratuita termina de inmediato: el nuevo plan no la tiene y se factura desde ese momento.',
  'changes.confirm.newTerm': 'El uso que incluye el nuevo plan se cuenta desde cero.',
  'changes.confirm.approve': 'Cambiar ahora',
  'changes.confirm.approval': 'Con el botón aprueba el cambio. Registramos quién lo hizo y cuándo.',
  'changes.seats.title': 'Cambiar las licencias',
  'changes.seats.lead':
    '{count, plural, one {Ahora tiene # licencia.} other {Ahora tiene # licencias.}}',
  'changes.seats.label': 'Nuevo número de licencias',
  'changes.seats.range': '{min} a {max}',
  'changes.seats.none': 'El número de licencias de su suscripción no se puede cambiar.',
  'changes.seats.between': 'Posible: {possible}',
  'changes.seats.problem': 'Escriba un número entero distinto del actual. Posible: {possible}',
  'changes.seats.count': '{count, plural, one {# licencia} other {# licencias}}',
  'changes.cancel.title': 'Cancelar la suscripción',
  'changes.cancel.lead': 'Lea lo que supone. No se puede deshacer.',
  'changes.cancel.access':
    'En cuanto Microsoft lo confirme, normalmente en unos minutos, la suscripción termina y su organización ya no puede usar {product}.',
  'changes.cancel.money':
    'Dentro de las 72 horas siguientes a la compra no se cobra nada. Después, Microsoft cobra el período en curso según lo acordado y no reembolsa nada.',
  'changes.cancel.data':
    'Sus datos se conservan al menos {days, plural, one {# día} other {# días}} después del final y luego se borran. Exporte antes lo que necesite.',
  'changes.cancel.again':
    'Quien quiera volver a usar {product} más adelante compra una suscripción nueva.',
  'changes.cancel.alternative':
    'Si solo no quiere otro período: desactive la renovación en <azure>Azure Portal</azure> o en el <m365>Centro de administración de Microsoft 365</m365> y use el período en curso hasta el final.',
  'changes.cancel.tick': 'Quiero finalizar esta suscripción y sé que no se puede deshacer.',
  'changes.cancel.tickMissing': 'Confírmelo antes de continuar.',
  'changes.cancel.approve': 'Cancelar la suscripción ahora',
  'changes.cancel.keep': 'Conservar la suscripción',
  'changes.what.plan': 'Cambio al plan {plan}',
  'changes.what.seats': '{count, plural, one {Cambio a # licencia} other {Cambio a # licencias}}',
  'changes.what.cancel': 'Cancelación',
  'changes.stage.requested': 'Su solicitud está registrada',
  'changes.stage.sent': 'Microsoft la está ejecutando',
  'changes.stage.succeeded': 'El cambio está vigente',
  'changes.stage.cancelled': 'La suscripción ha finalizado',
  'changes.stage.failed': 'El cambio no se ha realizado',
  'changes.step.recorded': 'Registrada por nosotros',
  'changes.step.sent': 'Aceptada por Microsoft',
  'changes.step.done': 'Confirmada por Microsoft',
  'changes.time':
    'Suele tardar menos de dos minutos. Puede cerrar esta página: el cambio sigue su curso, y la página de la suscripción indica el resultado.',
  'changes.succeeded.text': 'Microsoft lo ha confirmado.',
  'changes.failed.refused':
    'Microsoft no permite este cambio para esta suscripción. El plan y las licencias siguen como antes.',
  'changes.failed.byPublisher':
    'El proveedor de {product} no permite este cambio. Su plan, sus licencias y su factura no cambian.',
  'changes.failed.locked':
    'Otro cambio, hecho en otro lugar, bloqueó la suscripción durante mucho tiempo, por lo que Microsoft no aceptó este. Inténtelo de nuevo más tarde.',
  'changes.failed.conflict':
    'Microsoft indica que ya estaba vigente o que otro cambio se adelantó. Consulte la suscripción antes de intentarlo de nuevo.',
  'changes.failed.failed':
    'Microsoft no pudo ejecutarlo. El plan y las licencias siguen como antes.',
  'changes.failed.unknown':
    'Microsoft no lo ha confirmado en un día. La suscripción está como muestra su página; en caso de duda, póngase en contacto con el soporte técnico.',
  'changes.pending': 'Hay un cambio en curso',
  'changes.follow': 'Seguirlo',
  'changes.last.succeeded': 'Su último cambio está vigente.',
  'changes.last.failed': 'Su último cambio no se ha realizado.',
  'changes.last.details': 'Qué ha ocurrido',
} as const satisfies Translation<typeof source>;

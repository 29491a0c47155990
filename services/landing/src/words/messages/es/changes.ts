import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': 'Continuar',
  'changes.back': 'Cancelar',
  'changes.plan.title': 'Cambiar de plan',
  'changes.plan.lead': 'Elija un plan. Verá lo que cambia antes de confirmar.',
  'changes.plan.legend': 'Planes disponibles',
  'changes.plan.current': 'Su plan actual',
  'changes.plan.seatsFrom':
    '{min, plural, one {a partir de # licencia} other {a partir de # licencias}}',
  'changes.plan.seatsTo': '{max, plural, one {hasta # licencia} other {hasta # licencias}}',
  'changes.plan.seatsBetween': 'de {min} a {max} licencias',
  'changes.plan.private': 'Plan privado',
  'changes.plan.trial': 'Prueba gratuita',
  'changes.plan.unfit':
    'Estos planes no admiten su número de licencias. Cambie primero las licencias:',
  'changes.plan.refused': 'No disponibles para su suscripción:',
  'changes.confirm.title': 'Revise el cambio',
  'changes.confirm.from': 'Ahora',
  'changes.confirm.to': 'Después del cambio',
  'changes.confirm.total': 'Nuevo total',
  'changes.confirm.when': 'Entra en vigor',
  'changes.confirm.whenValue':
    'Hoy ({date}), en cuanto Microsoft lo confirme. Suele tardar unos minutos.',
  'changes.confirm.planMoney':
    'Microsoft descuenta lo que ya ha pagado por el período actual, en proporción a los días. El uso por encima de lo incluido se factura según el plan en el que se produjo.',
  'changes.confirm.seatsMoney':
    'Si añade licencias, Microsoft las factura por el resto del período, en proporción a los días. Si quita licencias, se aplican las condiciones de su compra.',
  'changes.confirm.endsTrial':
    'Su prueba gratuita termina de inmediato. El nuevo plan no la incluye y se factura desde ese momento.',
  'changes.confirm.newTerm': 'El uso incluido en el nuevo plan se cuenta desde cero.',
  'changes.confirm.approve': 'Confirmar el cambio',
  'changes.confirm.approval':
    'Al confirmar, aprueba este cambio. Registramos quién lo aprobó y cuándo.',
  'changes.seats.title': 'Cambiar las licencias',
  'changes.seats.lead': '{count, plural, one {Tiene # licencia.} other {Tiene # licencias.}}',
  'changes.seats.label': 'Nuevo número de licencias',
  'changes.seats.range': '{min} a {max}',
  'changes.seats.none': 'El número de licencias de su suscripción no se puede cambiar.',
  'changes.seats.between': 'Posible: {possible}',
  'changes.seats.problem': 'Escriba un número entero distinto del actual. Posible: {possible}',
  'changes.seats.count': '{count, plural, one {# licencia} other {# licencias}}',
  'changes.cancel.title': 'Cancelar la suscripción',
  'changes.cancel.lead': 'Lea lo que ocurrirá. Esta acción no se puede deshacer.',
  'changes.cancel.access':
    'Su suscripción termina en cuanto Microsoft confirma la cancelación, normalmente en unos minutos. Su organización pierde entonces el acceso a {product}.',
  'changes.cancel.money':
    'Si cancela en las 72 horas siguientes a la compra, no se le cobra nada. Después, Microsoft cobra el período actual según lo acordado, sin reembolso.',
  'changes.cancel.data':
    'Conservamos sus datos al menos {days, plural, one {# día} other {# días}} y después los borramos. Exporte lo que necesite antes de cancelar.',
  'changes.cancel.again':
    'Para volver a usar {product} más adelante, tendrá que comprar una suscripción nueva.',
  'changes.cancel.alternative':
    '¿Solo quiere evitar la próxima renovación? Desactive la renovación automática en <azure>Azure Portal</azure> o en el <m365>Centro de administración de Microsoft 365</m365>. Podrá seguir usando {product} hasta el final del período.',
  'changes.cancel.tick': 'Quiero finalizar esta suscripción y entiendo que no se puede deshacer.',
  'changes.cancel.tickMissing': 'Marque esta casilla para continuar.',
  'changes.cancel.approve': 'Cancelar la suscripción ahora',
  'changes.cancel.keep': 'Conservar la suscripción',
  'changes.what.plan': 'Cambio al plan {plan}',
  'changes.what.planFrom': 'Cambio del plan {from} al plan {plan}',
  'changes.what.seats': '{count, plural, one {Cambio a # licencia} other {Cambio a # licencias}}',
  'changes.what.seatsFrom':
    '{count, plural, one {Cambio de {from} licencias a # licencia} other {Cambio de {from} a # licencias}}',
  'changes.what.cancel': 'Cancelación',
  'changes.stage.requested': 'Hemos recibido su solicitud',
  'changes.stage.sent': 'Microsoft está haciendo el cambio',
  'changes.stage.succeeded': 'Su cambio se ha completado',
  'changes.stage.cancelled': 'Su suscripción ha finalizado',
  'changes.stage.failed': 'Su cambio no se ha realizado',
  'changes.stage.notCancelled': 'Su suscripción no se ha cancelado',
  'changes.step.recorded': 'Registramos su solicitud',
  'changes.step.sent': 'Microsoft la acepta',
  'changes.step.done': 'Microsoft confirma el resultado',
  'changes.time':
    'Suele tardar menos de dos minutos. Puede cerrar esta página: el cambio continúa y verá el resultado en la página de su suscripción.',
  'changes.succeeded.text': 'Microsoft lo ha confirmado.',
  'changes.failed.refused':
    'Microsoft no permite este cambio en su suscripción. Su plan y sus licencias no han cambiado.',
  'changes.failed.byPublisher':
    'El proveedor de {product} no permite este cambio. Su plan, sus licencias y su factura no cambian.',
  'changes.failed.locked':
    'Otro cambio llevaba demasiado tiempo en curso, por lo que Microsoft no aceptó este. Inténtelo de nuevo más tarde.',
  'changes.failed.conflict':
    'Microsoft indica que ya estaba en vigor o que otro cambio se adelantó. Compruebe su suscripción antes de volver a intentarlo.',
  'changes.failed.failed':
    'Microsoft no pudo hacer el cambio. Su plan y sus licencias no han cambiado.',
  'changes.failed.unknown':
    'Microsoft no ha confirmado el cambio en el plazo de un día. La página de su suscripción muestra lo que está en vigor. Si tiene dudas, póngase en contacto con soporte.',
  'changes.failed.cancel':
    'Su suscripción sigue activa y se sigue facturando, porque Microsoft no realizó la cancelación. Cancélela donde la compró, en <azure>Azure Portal</azure> o en el <m365>Centro de administración de Microsoft 365</m365>, o póngase en contacto con soporte.',
  'changes.pending': 'Cambio en curso',
  'changes.follow': 'Ver el progreso',
  'changes.last.succeeded': 'Su último cambio se ha completado.',
  'changes.last.failed': 'Su último cambio no se ha realizado.',
  'changes.last.details': 'Ver detalles',
} as const satisfies Translation<typeof source>;

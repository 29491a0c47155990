import type { Translation } from '../../translation.ts';
import type { manage as source } from '../en/manage.ts';

export const manage = {
  'manage.list.title': 'Sus suscripciones',
  'manage.list.lead': 'Todo lo que puede ver o administrar con esta cuenta.',
  'manage.list.empty': 'Aquí todavía no hay nada para esta cuenta',
  'manage.list.emptyHelp':
    'Abra una suscripción desde el lugar donde se compró. Si la administra otra persona de su organización, pídale la dirección de la página y solicite acceso en ella.',
  'manage.list.more': 'Mostrar anteriores',
  'manage.list.back': 'Todas sus suscripciones',
  'manage.status.active': 'Activa',
  'manage.status.trial': 'Prueba gratuita',
  'manage.status.suspended': 'Falta el pago',
  'manage.status.ended': 'Finalizada',
  'manage.status.pending': 'Todavía no activa',
  'manage.title': 'Administrar su suscripción',
  'manage.sentence.renews': 'Su suscripción está activa y se renueva el {date}.',
  'manage.sentence.ends': 'Su suscripción está activa hasta el {date} y después no se renueva.',
  'manage.sentence.trialRenews':
    'Su prueba gratuita dura hasta el {date}. Después empieza el primer período de pago.',
  'manage.sentence.trialEnds': 'Su prueba gratuita dura hasta el {date} y entonces termina.',
  'manage.sentence.active': 'Su suscripción está activa.',
  'manage.facts.renewal': 'Próxima renovación',
  'manage.facts.end': 'Último día',
  'manage.facts.role': 'Su rol',
  'manage.changePlan': 'Cambiar el plan',
  'manage.changeSeats': 'Cambiar las licencias',
  'manage.cancel': 'Cancelar la suscripción',
  'manage.usage.title': 'Uso en este período',
  'manage.usage.since': 'Desde el {date}. Pueden faltar los últimos minutos.',
  'manage.usage.none': 'En este plan no se mide nada, o todavía no se ha usado nada.',
  'manage.usage.unknown': 'El uso no se puede mostrar en este momento. Aun así, se registra.',
  'manage.usage.of': '{used} de {included} incluidos',
  'manage.usage.unlimited': '{used}, sin límite',
  'manage.usage.plain': '{used} usados',
  'manage.usage.above': '{overage} por encima de lo incluido, facturados por uso',
  'manage.usage.plan': 'en el plan {plan}',
  'manage.people.title': 'Personas',
  'manage.people.waiting':
    '{count, plural, one {# persona solicita acceso} other {# personas solicitan acceso}}',
  'manage.people.open': 'Personas y roles',
  'manage.history.title': 'Historial',
  'manage.history.all': 'Historial completo',
  'manage.back': 'Volver a la suscripción',
  'manage.refused.title': 'Esto no es posible ahora',
  'manage.refused.unchanged': 'No se ha cambiado nada.',
  'manage.why.partner':
    'Un socio compró esta suscripción para su organización. El plan, las licencias y la cancelación los cambia el socio; el resultado aparece aquí automáticamente.',
  'manage.why.marketplace':
    'Microsoft no permite este cambio desde aquí. Hágalo donde se compró la suscripción: en <azure>Azure Portal</azure> o en el <m365>Centro de administración de Microsoft 365</m365>.',
  'manage.why.suspended':
    'Mientras falte el pago, el plan y las licencias se quedan como están. Regularice primero el pago con Microsoft.',
  'manage.why.pending':
    'La suscripción todavía no está activa. En cuanto lo esté, se podrá cambiar.',
  'manage.why.ended': 'La suscripción ha finalizado y ya no se puede cambiar.',
  'manage.why.busy':
    'Hay otro cambio en curso. En cuanto se conozca su resultado, podrá hacer el siguiente.',
  'manage.why.flatRate':
    'El plan no se vende por licencia, de modo que no hay licencias que cambiar.',
  'manage.why.noOtherPlan': 'No hay otro plan al que pueda pasar esta suscripción.',
  'manage.why.planUnknown': 'La suscripción no puede pasar a este plan. Elija uno de la lista.',
  'manage.why.planRefused': 'Este plan no está disponible para su suscripción.',
  'manage.why.samePlan': 'Este plan ya está vigente.',
  'manage.why.sameSeats': 'Este número de licencias ya está vigente.',
  'manage.why.seatsInvalid': 'Este número de licencias no es posible en el plan.',
  'manage.why.changedMeanwhile':
    'La suscripción ha cambiado desde que abrió el formulario. Consúltela de nuevo antes de continuar.',
  'manage.why.other': 'Vuelva a abrir la suscripción e inténtelo de nuevo.',
  'manage.denied.title': 'Su rol no lo permite',
  'manage.denied.change':
    'Puede consultar esta suscripción. El plan y las licencias los cambia un propietario o administrador:',
  'manage.denied.people': 'Las personas las administra un propietario o administrador:',
  'manage.denied.cancel': 'La suscripción la puede cancelar un propietario:',
} as const satisfies Translation<typeof source>;

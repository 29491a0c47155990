import type { NamespaceExamples, PublicProcedures } from './example.ts';
import { activity } from './activity.ts';
import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { incidents, recurring, thresholds } from './billing.ts';
import { calendar } from './calendar.ts';
import { catalogue, meters, overrides } from './catalogue.ts';
import { credentials } from './credentials.ts';
import { customerMails } from './customer-mails.ts';
import { deliveries } from './deliveries.ts';
import { destinations } from './destinations.ts';
import { backups, doctor } from './doctor.ts';
import { events } from './events.ts';
import { imports } from './imports.ts';
import { keys } from './keys.ts';
import { listeners } from './listeners.ts';
import { matters } from './matters.ts';
import { notifications } from './notifications.ts';
import { landingEvents } from './landing-events.ts';
import { offerPages } from './offer-pages.ts';
import { operations } from './operations.ts';
import { operators } from './operators.ts';
import { overview, retention } from './overview.ts';
import { people } from './people.ts';
import { personalData } from './personal-data.ts';
import { policies } from './policies.ts';
import { publishers } from './publishers.ts';
import { reconciliation } from './reconciliation.ts';
import { deadLetters, parkedTasks } from './repair.ts';
import { settings } from './settings.ts';
import { subscriptions } from './subscriptions.ts';
import { usage } from './usage.ts';

/**
 * An example of each public procedure, for the OpenAPI document, the reference and the command line's help. The names are
 * Microsoft's fictitious companies. No person, key or subscription in them is real.
 */
export const examples: {
  readonly [Namespace in keyof PublicProcedures]: NamespaceExamples<Namespace>;
} = {
  activity,
  alerts,
  audit,
  calendar,
  incidents,
  recurring,
  thresholds,
  catalogue,
  meters,
  overrides,
  credentials,
  customerMails,
  deliveries,
  destinations,
  backups,
  doctor,
  events,
  imports,
  keys,
  listeners,
  matters,
  notifications,
  landingEvents,
  offerPages,
  operations,
  operators,
  overview,
  people,
  personalData,
  policies,
  publishers,
  reconciliation,
  deadLetters,
  parkedTasks,
  retention,
  settings,
  subscriptions,
  usage,
};

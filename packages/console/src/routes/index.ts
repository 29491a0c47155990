import { calendarRoutes } from './calendar/route.ts';
import { deliveryRoutes } from './deliveries/route.ts';
import { destinationRoutes } from './destinations/route.ts';
import { homeRoutes } from './home/route.ts';
import { inboxRoutes } from './inbox/route.ts';
import { mailRoutes } from './mails/route.ts';
import { matterRoutes } from './matters/route.ts';
import { operationRoutes } from './operations/route.ts';
import { reconciliationRoutes } from './reconciliation/route.ts';
import { ruleRoutes } from './rules/route.ts';
import { subscriptionRoutes } from './subscriptions/route.ts';
import { auditRoutes } from './audit/route.ts';
import { keyRoutes } from './keys/route.ts';
import { peopleRoutes } from './people/route.ts';
import { catalogueRoutes } from './catalogue/route.ts';
import { doctorRoutes } from './doctor/route.ts';
import { healthRoutes } from './health/route.ts';
import { pageRoutes } from './pages/route.ts';
import { publisherRoutes } from './publishers/route.ts';
import { usageRoutes } from './usage/route.ts';

/** The routes of every area, one line each. */
export const routes = [
  ...homeRoutes,
  ...matterRoutes,
  ...calendarRoutes,
  ...subscriptionRoutes,
  ...inboxRoutes,
  ...operationRoutes,
  ...ruleRoutes,
  ...deliveryRoutes,
  ...destinationRoutes,
  ...mailRoutes,
  ...reconciliationRoutes,
  ...usageRoutes,
  ...catalogueRoutes,
  ...keyRoutes,
  ...peopleRoutes,
  ...auditRoutes,
  ...doctorRoutes,
  ...healthRoutes,
  ...publisherRoutes,
  ...pageRoutes,
] as const;

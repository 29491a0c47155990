import { destinationRoutes } from './destinations/route.ts';
import { homeRoutes } from './home/route.ts';

/** The routes of every area, one line each. */
export const routes = [...homeRoutes, ...destinationRoutes] as const;

/**
 * The five services, each with its PostgreSQL schema and role. Start-up, roles and the reference tables
 * are computed from this list.
 */
export const services = [
  { name: 'gateway', schema: 'gateway', role: 'landfall_gateway' },
  { name: 'landing', schema: 'landing', role: 'landfall_landing' },
  { name: 'webhook-ingest', schema: 'ingest', role: 'landfall_ingest' },
  { name: 'fulfillment-worker', schema: 'fulfillment', role: 'landfall_fulfillment' },
  { name: 'billing-sync', schema: 'billing', role: 'landfall_billing' },
] as const;

export type Service = (typeof services)[number];
export type ServiceName = Service['name'];

/** The service with this name. Throws for an unknown name. */
export function serviceNamed(name: ServiceName): Service {
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`Unknown service: ${name}`);
  return found;
}

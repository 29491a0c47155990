import { processMark } from '@landfall/servers/process-table.ts';
import type { Plan } from './service-processes.ts';
import type { StackDescription } from './stack-file.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** The running system as programs are told of it, with the process ids of this moment. */
export function describeStack(
  plan: Plan,
  gatewayUrl: string,
  running: readonly SupervisedProcess[],
): StackDescription {
  const { marketplace, secrets } = plan;
  const { identities } = secrets;
  const isLocal = marketplace.emulatorUrl !== undefined;
  return {
    pid: process.pid,
    mark: processMark(process.pid) ?? '',
    gatewayUrl,
    landingUrl: `${gatewayUrl}/landing`,
    webhookUrl: `${gatewayUrl}/webhook`,
    trpcUrl: `${gatewayUrl}/trpc`,
    emulatorUrl: marketplace.emulatorUrl,
    authorityUrl: marketplace.authorityUrl,
    databaseUrl: plan.database.adminUrl,
    natsUrl: plan.natsUrl,
    tenantId: marketplace.tenantId,
    clientId: marketplace.fulfillmentApp.clientId,
    landingClientId: marketplace.landingApp.clientId,
    operatorApiKey: secrets.operatorApiKey,
    services: running.map(({ name, pid, url, metricsUrl }) => ({ name, pid, url, metricsUrl })),
    people: isLocal
      ? identities.people.map(({ name, email, password, tenantId, objectId }) => ({
          name,
          email,
          password,
          tenantId,
          objectId,
        }))
      : [],
    marketplaceClient: isLocal ? identities.marketplaceClient : undefined,
  };
}

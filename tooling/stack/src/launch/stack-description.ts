import { processMark } from '@landfall/servers/process-table';
import type { Plan } from './service-processes.ts';
import type { StackDescription } from './stack-file.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** Describes the running system to other programs, with its current process ids. */
export function describeStack(
  plan: Plan,
  gatewayUrl: string,
  running: readonly SupervisedProcess[],
): StackDescription {
  const { marketplace, secrets } = plan;
  const { identities } = secrets;
  const [first] = plan.publishers;
  const isLocal = marketplace.hasTestPeople;
  return {
    pid: process.pid,
    mark: processMark(process.pid) ?? '',
    gatewayUrl,
    landingUrl: `${gatewayUrl}/landing`,
    webhookUrl: `${gatewayUrl}/webhook`,
    consoleUrl: `${gatewayUrl}/console`,
    trpcUrl: `${gatewayUrl}/trpc`,
    emulatorUrl: marketplace.emulatorUrl,
    mailboxUrl: marketplace.mail?.mailboxUrl,
    smtpUrl: marketplace.mail?.smtpUrl,
    webhookProxyUrl: marketplace.webhookProxyUrl,
    authorityUrl: marketplace.authorityUrl,
    databaseUrl: plan.database.adminUrl,
    natsUrl: plan.nats.operatorUrl,
    tenantId: first?.tenantId ?? '',
    clientId: first?.clientId ?? '',
    publishers: plan.publishers.map(({ publisherId, tenantId, clientId }, index) => ({
      publisherId,
      tenantId,
      clientId,
      // The first publisher has the plain address, so it stays the same when a second publisher is
      // added.
      landingUrl: `${gatewayUrl}/landing${index === 0 ? '' : `/p/${publisherId}`}`,
    })),
    landingClientId: marketplace.landingApp.clientId,
    operatorApiKey: secrets.operatorApiKey,
    services: running.map(({ name, pid, url, metricsUrl }) => ({ name, pid, url, metricsUrl })),
    people: isLocal
      ? identities.people.map(({ name, email, password, tenantId, objectId, appRoles }) => ({
          name,
          email,
          password,
          tenantId,
          objectId,
          appRoles,
        }))
      : [],
    marketplaceClient: isLocal ? identities.marketplaceClient : undefined,
  };
}

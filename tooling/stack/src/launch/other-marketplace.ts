import { sellers } from '@landfall/emulator/sellers';
import { isLoopbackHost } from '@landfall/domain/loopback';
import { credentialVariables } from '@landfall/publishers/credential-config';
import type { Ports } from './ports.ts';
import { PortTakenError } from './supervised-process.ts';
import {
  localMail,
  landingVariables,
  publisherVariables,
  startEmulatorProcess,
  type Marketplace,
  type Place,
} from './surroundings.ts';
import { startWebhookTokenProxy } from './webhook-token-proxy.ts';

/** If one of these is set, the person brings an authority and applications. */
const OWN_IDENTITY = [
  'ENTRA_AUTHORITY_URL',
  ...landingVariables,
  ...publisherVariables,
  ...credentialVariables,
];

/** Whether a start has another emulator on this machine, and nothing else of a marketplace. */
export function isOtherEmulator(baseUrl: string, env: NodeJS.ProcessEnv): boolean {
  const host = URL.parse(baseUrl)?.hostname;
  return host !== undefined && isLoopbackHost(host) && OWN_IDENTITY.every((name) => !env[name]);
}

/**
 * Another emulator of Microsoft's API on this machine. Our own authority gives tokens and signs test people in, and a proxy adds
 * the marketplace's token to notifications.
 */
export async function openOtherEmulator(
  baseUrl: string,
  place: Place,
  ports: Ports,
): Promise<Marketplace> {
  const { identities } = place.secrets;
  const gatewayUrl = `http://127.0.0.1:${ports.services.gateway}`;
  const authorityUrl = `http://127.0.0.1:${ports.authority}`;
  await startEmulatorProcess(place, ports, gatewayUrl);
  const [publisher] = sellers(identities);
  if (!publisher) throw new Error('the local authority knows no publisher');
  const { tenantId, fulfillmentApp } = publisher;
  const proxy = await startWebhookTokenProxy({
    port: ports.webhookProxy,
    webhookUrl: `${gatewayUrl}/webhook`,
    authorityUrl,
    tenantId,
    marketplaceClient: identities.marketplaceClient,
    audience: fulfillmentApp.clientId,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new PortTakenError(`Port ${ports.webhookProxy} is taken.`, 'webhook proxy');
  });
  place.closer.add('webhook proxy', async () => {
    await proxy[Symbol.asyncDispose]();
  });
  return {
    baseUrl,
    authorityUrl,
    webhookProxyUrl: proxy.url,
    mail: localMail(ports),
    hasTestPeople: true,
    // No publisher id: emulators put any name into their records.
    publishers: { PUBLISHER_TENANT_ID: tenantId, FULFILLMENT_CLIENT_ID: fulfillmentApp.clientId },
    credential: { FULFILLMENT_CLIENT_SECRET: fulfillmentApp.clientSecret },
    landingApp: identities.landingApp,
  };
}

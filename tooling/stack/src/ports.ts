import { services, type ServiceName } from '@landfall/contracts/services.ts';
import { freePort, isPortFree } from '@landfall/servers/ports.ts';
import { StartError } from './supervised-process.ts';

/** Preferred ports; others are taken where another copy or program has them. */
export const preferredPorts = {
  gateway: 4400,
  emulator: 4410,
  authority: 4411,
  nats: 4422,
  postgres: 4432,
};

const HIGHEST_PORT = 65_535;

/** Of every process that we start and that cannot choose by itself, for others are told of it. */
export interface Ports {
  readonly emulator: number;
  readonly authority: number;
  readonly services: Readonly<Record<ServiceName, number>>;
}

/** Ports that were free a moment ago. Until they are bound, somebody else may take them. */
export async function choosePorts(wantedGateway: string | undefined): Promise<Ports> {
  const gateway = wantedGateway ? readPort(wantedGateway) : preferredPorts.gateway;
  // All near the gateway's, so that copies with ports of their own stay out of each other's way.
  const near = (distance: number) =>
    freePort(gateway + distance <= HIGHEST_PORT ? gateway + distance : undefined);
  const entries: [string, number][] = [];
  for (const [index, { name }] of services.entries()) entries.push([name, await near(index)]);
  return {
    emulator: await near(preferredPorts.emulator - preferredPorts.gateway),
    authority: await near(preferredPorts.authority - preferredPorts.gateway),
    services: Object.fromEntries(entries) as Ports['services'],
  };
}

export async function areFree({ emulator, authority, services: own }: Ports): Promise<boolean> {
  for (const port of [emulator, authority, ...Object.values(own)]) {
    if (!(await isPortFree(port))) return false;
  }
  return true;
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= HIGHEST_PORT) return port;
  throw new StartError(
    `PORT is "${text}", which is no port.\n  Next step: set it to a number from 1 to ${HIGHEST_PORT}, or unset it.`,
  );
}

import { services, type ServiceName } from '@landfall/contracts/services';
import { freePort, isPortFree } from '@landfall/servers/ports';
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

/** What whoever starts a stack says about its ports. */
export interface PortWishes {
  /** The gateway's, as a person set it in PORT: this one or none. */
  readonly given?: string | undefined;
  /** Where to look for free ones first; the gateway's preferred port where absent. */
  readonly first?: number | undefined;
}

/**
 * Ports that were free a moment ago. Until they are bound, another program may take them.
 * Throws StartError when the port that a person set is taken.
 */
export async function choosePorts({ given, first }: PortWishes): Promise<Ports> {
  await expectPortFree(given);
  const gateway = given ? readPort(given) : (first ?? preferredPorts.gateway);
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

/** Throws StartError when the port that a person set is none, or is taken. */
export async function expectPortFree(given: string | undefined): Promise<void> {
  if (given && !(await isPortFree(readPort(given)))) throw givenPortTaken(given);
}

export function givenPortTaken(given: string): StartError {
  return new StartError(
    `PORT is ${given}, and another program listens there.\n` +
      '  Next step: stop that program, set PORT to another number, or unset it to take any free port.',
  );
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= HIGHEST_PORT) return port;
  throw new StartError(
    `PORT is "${text}", which is no port.\n  Next step: set it to a number from 1 to ${HIGHEST_PORT}, or unset it.`,
  );
}

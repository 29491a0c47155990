import { services, type ServiceName } from '@landfall/contracts/services';
import { freePort, isPortFree } from '@landfall/servers/ports';
import { StartError } from './supervised-process.ts';

/** Preferred ports. If another copy or program uses them, other ports are chosen. */
export const preferredPorts = {
  gateway: 4400,
  emulator: 4410,
  authority: 4411,
  webhookProxy: 4412,
  smtp: 4413,
  nats: 4422,
  postgres: 4432,
};

const HIGHEST_PORT = 65_535;

/** Ports of the processes that cannot choose their own, because other processes must know them. */
export interface Ports {
  readonly emulator: number;
  readonly authority: number;
  /** Only for another emulator, whose notifications have no token. */
  readonly webhookProxy: number;
  /** The local mail server, which keeps mails instead of delivering them. */
  readonly smtp: number;
  readonly services: Readonly<Record<ServiceName, number>>;
}

/** The ports that the caller of a start asks for. */
export interface PortWishes {
  /** The gateway's port from PORT. If it is taken, the start fails. */
  readonly given?: string | undefined;
  /** The first port to try; by default, the gateway's preferred one. */
  readonly first?: number | undefined;
}

/**
 * Chooses ports that are free now. Until they are bound, another program may take them. Throws
 * StartError if the port in PORT is taken.
 */
export async function choosePorts({ given, first }: PortWishes): Promise<Ports> {
  await expectPortFree(given);
  const gateway = given ? readPort(given) : (first ?? preferredPorts.gateway);
  // All of them are near the gateway's, so that copies with different ports do not collide.
  const near = (distance: number) =>
    freePort(gateway + distance <= HIGHEST_PORT ? gateway + distance : undefined);
  const entries: [string, number][] = [];
  for (const [index, { name }] of services.entries()) entries.push([name, await near(index)]);
  return {
    emulator: await near(preferredPorts.emulator - preferredPorts.gateway),
    authority: await near(preferredPorts.authority - preferredPorts.gateway),
    webhookProxy: await near(preferredPorts.webhookProxy - preferredPorts.gateway),
    smtp: await near(preferredPorts.smtp - preferredPorts.gateway),
    services: Object.fromEntries(entries) as Ports['services'],
  };
}

/** Throws StartError if PORT is not a port number, or is taken. */
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
    `PORT is "${text}", which is not a port number.\n  Next step: set it to a number from 1 to ${HIGHEST_PORT}, or unset it.`,
  );
}

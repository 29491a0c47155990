import type { OwnCheckInput, OwnSetupValue } from '@landfall/contracts/doctor-procedures';
import type { ServiceName } from '@landfall/contracts/services';
import type { Bus } from '../bus/bus.ts';
import type { Logger } from '../log/log.ts';
import { createOwnChecks, type CheckToRun, type OwnChecks } from './checks.ts';
import { natsChecks } from './nats.ts';
import { postgresChecks, type PostgresChecked } from './postgres.ts';

/**
 * The checks that every service makes of its servers and its clock, and `more` of its own. For one publisher, only
 * the checks of `more`, because the others are about the operator's servers.
 */
export function serviceChecks(
  options: PostgresChecked & {
    readonly service: ServiceName;
    readonly bus: Bus;
    readonly log: Logger;
    readonly more?: (input: OwnCheckInput) => readonly CheckToRun[];
    readonly setup?: ((input: OwnCheckInput) => readonly OwnSetupValue[]) | undefined;
  },
): OwnChecks {
  const { service, machineNow, log, more, setup } = options;
  const servers = [...postgresChecks(options), ...natsChecks(options)];
  return createOwnChecks({
    service,
    machineNow,
    log,
    checks: (input) => [
      ...(input.publisherId === undefined ? servers : []),
      ...(more?.(input) ?? []),
    ],
    setup,
  });
}

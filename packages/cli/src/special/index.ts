import type { Command } from 'commander';
import type { Session } from '../session.ts';
import { alertsCommand } from './alerts.ts';
import { completionCommands } from './completion.ts';
import { doctorCommand } from './doctor.ts';
import { eventsCommand } from './events.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { openCommand } from './open.ts';
import { reconcileCommand } from './reconcile.ts';
import { setupCommand } from './setup.ts';
import { triggerCommand } from './trigger.ts';
import { usageCommand } from './usage.ts';
import { signInCommands } from './sign-in.ts';

/** Commands that are more than one call of the API. A noun of the API among them gets the API's calls as well. */
export function specialCommands(session: Session, program: () => Command): readonly Command[] {
  return [
    ...signInCommands(session),
    eventsCommand(session),
    triggerCommand(session),
    usageCommand(session),
    reconcileCommand(session),
    exportCommand(session),
    importCommand(session),
    doctorCommand(session),
    alertsCommand(session),
    setupCommand(session),
    openCommand(session),
    ...completionCommands(session, program),
  ];
}

import { createLandfallClient } from '@landfall/client';
import { createControl, type Control } from '@landfall/emulator/control-client';
import type { TestPerson } from './buyer.ts';
import type { StackDescription } from './stack-file.ts';
import { StartError } from './supervised-process.ts';

/** A running stack seen from outside: its public API, its marketplace, and the people around it. */
export interface World {
  readonly stack: StackDescription;
  readonly api: ReturnType<typeof createLandfallClient>;
  readonly control: Control;
  /** A test person by the address before the @ sign: ada, ben, tara, sam, … */
  person(name: string): TestPerson;
}

export function openWorld(stack: StackDescription): World {
  if (!stack.emulatorUrl) {
    throw new StartError(
      'This stack talks to a marketplace that is not the emulator, where nothing may be played.\n' +
        '  Next step: stop it, unset MARKETPLACE_BASE_URL and run this again.',
    );
  }
  return {
    stack,
    api: createLandfallClient({ url: stack.trpcUrl, apiKey: stack.operatorApiKey }),
    control: createControl(stack.emulatorUrl),
    person(name) {
      const found = stack.people.find(({ email }) => email.split('@')[0] === name);
      if (!found) throw new Error(`no test person is called ${name}`);
      return found;
    },
  };
}

import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { addGlobalOptions, globalsOf, openApi, type Session } from '../session.ts';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'open',
  linux: 'xdg-open',
};

/** `open`: prints the address of the API's documentation, and opens it in a browser if a person is there. */
export function openCommand(session: Session): Command {
  const command = new Command('open').description(
    "Prints the address of the API's documentation. On a terminal, also opens it in a browser.",
  );
  addGlobalOptions(command);
  return command.action(async () => {
    const { connection } = openApi(session, globalsOf(command));
    const url = `${connection.url}/docs`;
    await session.terminal.print(url);
    const opener = OPENERS[process.platform];
    if (!session.terminal.canAsk || opener === undefined) return;
    const child = spawn(opener, [url], { detached: true, stdio: 'ignore' });
    // Without a browser the printed address is enough.
    child.once('error', () => {});
    child.unref();
  });
}

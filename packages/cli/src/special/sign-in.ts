import { Command } from 'commander';
import { baseUrl, unknownProfile } from '../connection.ts';
import { usageError } from '../failure.ts';
import { printList, printRecord } from '../output/print.ts';
import { profilesFile, readProfiles, writeProfiles } from '../profiles.ts';
import { addGlobalOptions, callApi, globalsOf, openApi, type Session } from '../session.ts';
import { createApi, type Api } from '../transport.ts';

/** The gateway checks the rest. The secret is base64url, so it may contain a hyphen. */
const KEY = /^lf_[\w-]+$/;

/** `login`, `logout`, `whoami` and `profiles`. */
export function signInCommands(session: Session): readonly Command[] {
  return [login(session), logout(session), whoami(session), profiles(session)];
}

function login(session: Session): Command {
  const command = new Command('login')
    .summary('Stores the address and an API key as a profile.')
    .description(
      'Checks an API key and stores it with its address as a profile. Asks for both; without a terminal, the key is read from stdin.',
    )
    .option('--name <profile>', 'Name of the profile.', 'default');
  addGlobalOptions(command);
  return command.action(async () => {
    const { terminal, surroundings } = session;
    const { name } = command.opts<{ name: string }>();
    const asked = globalsOf(command).url ?? surroundings.env['LANDFALL_URL'];
    if (asked === undefined && !terminal.canAsk) throw usageError('Missing: --url.');
    const url = baseUrl(asked ?? (await terminal.ask('URL of the gateway: ')));
    const apiKey = terminal.canAsk
      ? await terminal.askSecret('API key (not shown): ')
      : (await terminal.readInput()).trim();
    if (!KEY.test(apiKey)) throw usageError('An API key begins with lf_.');
    const api = createApi({ url, apiKey, source: 'login', isLocalStack: false }, undefined);
    const who = await whoIs(session, api);
    const file = profilesFile(surroundings.env, surroundings.home);
    const stored = readProfiles(file);
    writeProfiles(file, {
      current: name,
      profiles: { ...stored.profiles, [name]: { url, apiKey } },
    });
    terminal.note(`Signed in to ${url} as ${who}. Stored as the profile ${name} in ${file}.`);
  });
}

async function whoIs(session: Session, api: Api): Promise<string> {
  const { id, label } = (await callApi(session, api, { name: 'keys.own', input: {} })) as {
    id: string;
    label?: string;
  };
  return label === undefined ? `key ${id}` : `${label} (key ${id})`;
}

function logout(session: Session): Command {
  return new Command('logout')
    .summary('Removes a profile.')
    .description(
      'Removes a profile from this machine. The key itself stays valid: keys revoke ends it.',
    )
    .argument('[profile]', 'Default: the profile in use.')
    .action((named: string | undefined) => {
      const { terminal, surroundings } = session;
      const file = profilesFile(surroundings.env, surroundings.home);
      const { current, profiles: known } = readProfiles(file);
      const name = named ?? current;
      if (name === undefined) return terminal.note('You are not signed in.');
      if (!known[name]) throw unknownProfile(name, Object.keys(known));
      const { [name]: _removed, ...others } = known;
      writeProfiles(file, { ...(current !== name && { current }), profiles: others });
      terminal.note(`Removed the profile ${name}.`);
    });
}

function whoami(session: Session): Command {
  const command = new Command('whoami').description(
    'Shows the key in use, its scopes and its publisher.',
  );
  addGlobalOptions(command);
  return command.action(async () => {
    const globals = globalsOf(command);
    const api = openApi(session, globals);
    const who = await callApi(session, api, { name: 'keys.own', input: {} });
    const { url, source } = api.connection;
    await printRecord({ url, source, ...(who as object) }, globals, session.terminal);
  });
}

function profiles(session: Session): Command {
  const group = new Command('profiles').summary('list, use').description('Stored profiles.');
  const list = new Command('list').description('Profiles on this machine, without their keys.');
  addGlobalOptions(list);
  list.action(async () => {
    const { surroundings, terminal } = session;
    const stored = readProfiles(profilesFile(surroundings.env, surroundings.home));
    const items = Object.entries(stored.profiles).map(([name, { url }]) => ({
      name,
      url,
      isCurrent: name === stored.current,
    }));
    const fields = ['name', 'url', 'isCurrent'];
    const pages = toPages(items);
    await printList(pages, { name: 'profiles.list', fields }, { form: globalsOf(list), terminal });
  });
  const use = new Command('use')
    .description('Makes a profile the one that is used if none is named.')
    .argument('<profile>')
    .action((name: string) => {
      const { surroundings, terminal } = session;
      const file = profilesFile(surroundings.env, surroundings.home);
      const stored = readProfiles(file);
      if (!stored.profiles[name]) throw unknownProfile(name, Object.keys(stored.profiles));
      writeProfiles(file, { ...stored, current: name });
      terminal.note(`Using the profile ${name}.`);
    });
  return group.addCommand(list).addCommand(use);
}

async function* toPages(items: readonly object[]): AsyncGenerator<readonly object[]> {
  yield items;
}

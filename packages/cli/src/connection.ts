import { exitCodes, Failure, usageError } from './failure.ts';
import { findLocalStack, isLoopback } from './local-stack.ts';
import { profilesFile, readProfiles } from './profiles.ts';

/** The installation to call, and the API key for it. */
export interface Connection {
  /** The gateway, without a slash at the end. */
  readonly url: string;
  readonly apiKey: string;
  /** Where the two come from, in words. */
  readonly source: string;
  readonly isLocalStack: boolean;
}

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly folder: string;
}

/**
 * The first of these that is there: the environment (LANDFALL_API_KEY with LANDFALL_URL or `--url`), the profile that
 * `--profile` or LANDFALL_PROFILE names, a local stack that runs for this folder, and the profile of `profiles use`.
 * A stored API key is sent only to the address with which it was stored.
 */
export function findConnection(
  asked: { readonly url?: string | undefined; readonly profile?: string | undefined },
  surroundings: Surroundings,
): Connection {
  const { env, home } = surroundings;
  const url = asked.url ?? env['LANDFALL_URL'];
  const apiKey = env['LANDFALL_API_KEY'];
  const name = asked.profile ?? env['LANDFALL_PROFILE'];
  if (name === undefined && apiKey !== undefined && url !== undefined) {
    return connection(url, apiKey, { source: 'the environment' });
  }
  const { profiles, current } = readProfiles(profilesFile(env, home));
  if (name !== undefined) {
    const profile = profiles[name];
    if (!profile) throw unknownProfile(name, Object.keys(profiles));
    return connection(profile.url, profile.apiKey, { source: `the profile ${name}` });
  }
  const stack = findLocalStack(surroundings);
  const wanted = url === undefined ? undefined : baseUrl(url);
  if (stack && (wanted === undefined || wanted === stack.gatewayUrl)) {
    const source = `the local stack of ${stack.file}`;
    return connection(stack.gatewayUrl, apiKey ?? stack.apiKey, { source, isLocalStack: true });
  }
  const usable = Object.entries(profiles).filter(([, one]) => (wanted ?? one.url) === one.url);
  const [found, profile] =
    usable.find(([one]) => one === current) ?? (wanted === undefined ? [] : (usable[0] ?? []));
  if (profile) return connection(profile.url, profile.apiKey, { source: `the profile ${found}` });
  throw new Failure({
    exitCode: exitCodes.forbidden,
    code: 'not-signed-in',
    message: wanted === undefined ? 'You are not signed in.' : `There is no key for ${wanted}.`,
    nextStep: 'Run: landfall login. Programs set LANDFALL_URL and LANDFALL_API_KEY.',
  });
}

export function unknownProfile(name: string, known: readonly string[]): Failure {
  const list = known.length === 0 ? 'There is none yet.' : `Known: ${known.join(', ')}.`;
  return usageError(`There is no profile ${name}. ${list}`, `Run: landfall login --name ${name}`);
}

/** The gateway's address without a slash or `/trpc` at the end. Throws for one over which a key must not be sent. */
export function baseUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    throw usageError(`${url} is not a URL.`, 'Give one such as https://marketplace.contoso.com.');
  }
  if (parsed.protocol === 'http:' && !isLoopback(url)) {
    throw usageError('An API key is never sent over http to another machine.', 'Use https.');
  }
  return `${parsed.origin}${parsed.pathname}`.replace(/\/(?:trpc\/?|v1\/?)?$/, '');
}

function connection(
  url: string,
  apiKey: string,
  { source, isLocalStack = false }: { readonly source: string; readonly isLocalStack?: boolean },
): Connection {
  return { url: baseUrl(url), apiKey, source, isLocalStack };
}

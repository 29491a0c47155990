import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { exitCodes, Failure } from './failure.ts';

export interface Profile {
  readonly url: string;
  readonly apiKey: string;
}

export interface Profiles {
  /** The profile that is used if none is named. */
  readonly current?: string | undefined;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** Bits of a file's mode that let another user read, write or run it. */
const OTHERS = 0o077;

/** `$XDG_CONFIG_HOME/landfall/profiles.json`, or the same under `~/.config`. */
export function profilesFile(env: NodeJS.ProcessEnv, home: string): string {
  const base = env['XDG_CONFIG_HOME'];
  // The specification says to ignore a relative path.
  const folder = base && path.isAbsolute(base) ? base : path.join(home, '.config');
  return path.join(folder, 'landfall', 'profiles.json');
}

/** The stored profiles. Throws if others can read the file, because a key that others have read must be replaced. */
export function readProfiles(file: string): Profiles {
  const content = readIfThere(file);
  if (content === undefined) return { profiles: {} };
  if (process.platform !== 'win32' && (statSync(file).mode & OTHERS) !== 0) {
    throw new Failure({
      exitCode: exitCodes.forbidden,
      code: 'profiles.readable-by-others',
      message: `Other users of this machine can read ${file}, which holds API keys.`,
      nextStep: `Run: chmod 600 ${file}. If other people use this machine, also rotate the keys.`,
    });
  }
  try {
    const { current, profiles } = JSON.parse(content) as Partial<Profiles>;
    return { current, profiles: profiles ?? {} };
  } catch {
    throw new Failure({
      exitCode: exitCodes.usage,
      code: 'profiles.malformed',
      message: `${file} is not valid JSON.`,
      nextStep: 'Remove the file and run: landfall login',
    });
  }
}

/** Replaces the file as a whole, so that a crash leaves the former one. */
export function writeProfiles(file: string, profiles: Profiles): void {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const draft = `${file}.${process.pid}`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(profiles, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

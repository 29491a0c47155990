import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

// npm passes its own project's prefix and flags to scripts. The npm and pnpm that we call get only
// the settings that are needed to reach the registry.
const keptNpmSettings = /^npm_config_(registry|cafile|proxy|https_proxy|noproxy|userconfig)$/i;

/**
 * The environment for every program that the bootstrap calls: without npm's own variables. If the
 * home folder is not writable (containers, service users), caches are inside the checkout.
 * @param {NodeJS.ProcessEnv} given
 * @param {{ root: string, home?: string }} at
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(given, { root, home = homedir() }) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' };
  for (const [name, value] of Object.entries(given)) {
    if (!/^npm_/i.test(name)) env[name] = value;
    else if (keptNpmSettings.test(name)) {
      env[name] = value;
      // pnpm reads the same settings under its own prefix.
      if (!/userconfig$/i.test(name)) env[name.replace(/^npm_/i, 'pnpm_')] = value;
    }
  }
  if (isWritable(home)) return env;
  const instead = join(root, '.toolchain', 'home');
  mkdirSync(instead, { recursive: true });
  env['HOME'] = instead;
  env['npm_config_cache'] = join(instead, 'npm-cache');
  env['XDG_DATA_HOME'] = join(instead, 'data');
  env['XDG_CACHE_HOME'] = join(instead, 'cache');
  env['XDG_STATE_HOME'] = join(instead, 'state');
  env['XDG_CONFIG_HOME'] = join(instead, 'config');
  return env;
}

/** @param {string} folder */
function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

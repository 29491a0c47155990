import { Trouble } from './trouble.mjs';

// Error codes as npm, pnpm and Node print them.
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_SOCKET_TIMEOUT|ERR_PNPM_META_FETCH_FAIL)\b/;
// pnpm's error when the registry is a mirror without advisories.
const withoutAdvisories = /\bERR_PNPM_AUDIT_(BAD_RESPONSE|ENDPOINT_NOT_EXISTS)\b/;
const altered = /\b(EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY)\b/;
const full = /\bENOSPC\b/;
const outdated = /\bERR_PNPM_OUTDATED_LOCKFILE\b/;

const tailLines = 12;

/**
 * The error to show when npm or pnpm failed, from the error codes in its output.
 * @param {string} what
 * @param {string} output
 * @param {number} code
 */
export function registryTrouble(what, output, code) {
  const reason = output.match(unreachable)?.[0];
  if (reason) {
    return new Trouble({
      what,
      why: `the npm registry cannot be reached (${reason})`,
      next: 'go online, or set a proxy or another registry in ~/.npmrc; after one install, Landfall starts offline',
    });
  }
  if (altered.test(output)) {
    return new Trouble({
      what,
      why: 'a package does not match its pinned checksum',
      next: 'empty the npm cache and try again; if it happens again, do not trust the registry that you use',
    });
  }
  if (full.test(output)) {
    return new Trouble({ what, why: 'the disk is full', next: 'free about 2 GB and try again' });
  }
  if (outdated.test(output)) {
    return new Trouble({
      what,
      why: 'a package.json needs something that is not in pnpm-lock.yaml',
      next: 'run node tooling/bootstrap/src/bootstrap.mjs pnpm install',
    });
  }
  const tail = output.trim().split('\n').slice(-tailLines).join('\n        ');
  return new Trouble({
    what,
    why: tail || `exit code ${code}`,
    next: 'correct this and try again',
  });
}

/**
 * Whether an audit failed because the registry could not be reached, or has no advisories.
 * @param {string} output
 */
export function isNoAnswer(output) {
  return unreachable.test(output) || withoutAdvisories.test(output);
}

import { Trouble } from './trouble.mjs';

// Error codes as npm, pnpm and Node print them.
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_SOCKET_TIMEOUT|ERR_PNPM_META_FETCH_FAIL)\b/;
const altered = /\b(EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY)\b/;
const full = /\bENOSPC\b/;
const outdated = /\bERR_PNPM_OUTDATED_LOCKFILE\b/;

const tailLines = 12;

/**
 * What to tell a person when npm or pnpm failed, from the error codes in what it printed.
 * @param {string} what
 * @param {string} output
 * @param {number} code
 */
export function registryTrouble(what, output, code) {
  const reason = output.match(unreachable)?.[0];
  if (reason) {
    return new Trouble({
      what,
      why: `the npm registry cannot be reached from here (${reason})`,
      next: 'go online once, or set a proxy or another registry in ~/.npmrc; afterwards Landfall starts offline',
    });
  }
  if (altered.test(output)) {
    return new Trouble({
      what,
      why: 'a package differs from the one that was pinned',
      next: 'empty the npm cache and try again; if it stays, do not trust the registry you use',
    });
  }
  if (full.test(output)) {
    return new Trouble({ what, why: 'the disk is full', next: 'free about 2 GB and try again' });
  }
  if (outdated.test(output)) {
    return new Trouble({
      what,
      why: 'a package.json asks for something that pnpm-lock.yaml does not have',
      next: 'node tooling/bootstrap/src/bootstrap.mjs pnpm install',
    });
  }
  const tail = output.trim().split('\n').slice(-tailLines).join('\n        ');
  return new Trouble({
    what,
    why: tail || `exit code ${code}`,
    next: 'put that right and try again',
  });
}

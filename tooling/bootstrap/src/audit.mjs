import { isNoAnswer } from './registry-trouble.mjs';

/**
 * What the result of pnpm's audit means. A registry that does not answer or has no advisories proves nothing. That case is
 * reported, and is not a failure.
 * @param {{ code: number, output: string }} ended
 * @returns {{ code: number, text: string }} the exit code, and one line for people
 */
export function auditVerdict({ code, output }) {
  if (code === 0)
    return { code, text: 'no package has a known vulnerability of level high or critical' };
  if (isNoAnswer(output)) {
    return { code: 0, text: 'not audited: the registry did not answer about vulnerabilities' };
  }
  return {
    code,
    text: 'the packages above have known vulnerabilities; raise or override their versions in pnpm-workspace.yaml',
  };
}

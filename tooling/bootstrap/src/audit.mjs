import { isNoAnswer } from './registry-trouble.mjs';

/**
 * What an audit by pnpm means. A registry that does not answer, or has no advisories, proves nothing, so that case is named and
 * is no failure.
 * @param {{ code: number, output: string }} ended
 * @returns {{ code: number, text: string }} the exit code, and one line for people
 */
export function auditVerdict({ code, output }) {
  if (code === 0)
    return { code, text: 'no package has a known vulnerability of level high or critical' };
  if (isNoAnswer(output)) {
    return { code: 0, text: 'not audited: the registry gave no answer about vulnerabilities' };
  }
  return {
    code,
    text: 'packages above have known vulnerabilities; raise their versions in pnpm-workspace.yaml, or override them there',
  };
}

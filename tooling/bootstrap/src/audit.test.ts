import { expect, test } from 'vitest';

import { auditVerdict } from './audit.mjs';

const withoutAdvisories = `Error: ERR_PNPM_AUDIT_BAD_RESPONSE

  × The audit endpoint (at https://registry.example.com/-/npm/v1/security/advisories/bulk) responded with 405:`;
const unreachable = 'request failed: getaddrinfo ENOTFOUND registry.example.com';
const vulnerable =
  '│ high │ Prototype pollution in merge │\n1 vulnerabilities found\nSeverity: 1 high';

test('known vulnerabilities fail the audit, with the next step', () => {
  const { code, text } = auditVerdict({ code: 1, output: vulnerable });
  expect(code).toBe(1);
  expect(text).toContain('pnpm-workspace.yaml');
});

test('an audit without findings passes', () => {
  expect(auditVerdict({ code: 0, output: 'No known vulnerabilities found' })).toEqual({
    code: 0,
    text: 'no package has a known vulnerability of level high or critical',
  });
});

test.for([withoutAdvisories, unreachable])(
  'a registry that does not answer is reported, and never counts as an audit: %s',
  (output) => {
    expect(auditVerdict({ code: 1, output })).toEqual({
      code: 0,
      text: 'not audited: the registry did not answer about vulnerabilities',
    });
  },
);

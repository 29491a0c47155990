import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { entraAdvice, explainedEntraCodes, readEntraError } from './entra-errors.ts';

const TRACE = '255d1aef-8c98-452f-ac51-23d051240864';

test.each([
  [
    `7000215 - [2026-11-03 09:58:12Z]: AADSTS7000215: Invalid client secret provided. Trace ID: ${TRACE} Correlation ID: x Timestamp: 2026-11-03 09:58:12Z - Correlation ID: x - Trace ID: ${TRACE}`,
    'AADSTS7000215',
    'Invalid client secret provided.',
  ],
  [
    `AADSTS50011: The redirect URI\n 'https://x' does not match.\r\nTrace ID: ${TRACE}`,
    'AADSTS50011',
    "The redirect URI 'https://x' does not match.",
  ],
])("Entra's code, sentence and trace id are read from %j", (text, code, sentence) => {
  expect(readEntraError(text)).toEqual({ code, sentence, traceId: TRACE });
});

test('a page without a code of Entra is no error of Entra', () => {
  expect(readEntraError('<h1>502 Bad Gateway</h1>')).toBeUndefined();
});

test('an unknown code leads to the page where Microsoft explains it', () => {
  expect(entraAdvice('AADSTS1234').nextStep).toContain('error?code=1234');
});

test('docs/doctor.md explains every code that has advice, and no others', () => {
  const page = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8');
  const codes = new Set([...page.matchAll(/AADSTS\d+/g)].map(([code]) => code));
  expect([...codes].toSorted()).toEqual(explainedEntraCodes.toSorted());
});

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { services } from '@landfall/contracts/services';
import { expect, test } from 'vitest';

import { readConfigSchemas } from '../src/config-schemas.ts';
import { connectionsOf } from '../src/connections.ts';

const docs = path.join(import.meta.dirname, '..', '..', '..', 'docs');
const text = readFileSync(path.join(docs, 'threat-model.md'), 'utf8');

/** The cells of every row under a heading, without the header rows. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = text.split(new RegExp(`^## ${heading}\n`, 'm'));
  const [body = ''] = section.split(/^## /m);
  const rows = body.split('\n').filter((line) => line.startsWith('| '));
  return rows
    .map((row) => row.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .filter(([first]) => first !== 'Threat' && first !== 'To' && !first?.startsWith('---'));
}

test('every threat names a test that exists, by its exact title', () => {
  const threats = rowsUnder('Threats');
  expect(threats.length).toBeGreaterThan(40);
  for (const [threat, , link = ''] of threats) {
    const [, title = '', file = ''] = /^\[(.*)\]\((\S+\.test\.ts)\)$/.exec(link) ?? [];
    expect(file, threat).not.toBe('');
    const source = readFileSync(path.join(docs, file), 'utf8');
    const titles = [`'${title}'`, `"${title}"`, `\`${title}\``];
    expect(titles.filter((one) => source.includes(one)).length, `${threat}: ${title}`).toBe(1);
  }
});

test('the page lists exactly the connections that the services open', async () => {
  const opened = connectionsOf(await readConfigSchemas()).map(({ from, to }) => `${from} ${to}`);
  const listed = rowsUnder('Connections').flatMap(([to = '', from = '']) => {
    const openers = from === 'every service' ? services.map(({ name }) => name) : from.split(', ');
    return to.split(', ').flatMap((peer) => openers.map((service) => `${service} ${peer}`));
  });
  expect(listed.toSorted()).toEqual(opened.toSorted());
});

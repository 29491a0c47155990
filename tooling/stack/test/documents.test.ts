import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { guidePictures } from '../src/gallery/guide-pictures.ts';
import {
  anchorsOf,
  exists,
  linksOf,
  missingFilesOf,
  missingSourcesOf,
  readDocuments,
} from './documents.ts';

/** A newcomer should be able to read the README in five minutes. Longer text belongs in `docs/`. */
const README_LINES = 125;

const documents = readDocuments();

test('every link points to an existing file and heading', () => {
  const broken = documents.flatMap((document) =>
    linksOf(document)
      .filter((link) => !leadsSomewhere(document.file, link))
      .map((link) => `${document.file}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('every file that README, CONTRIBUTING and docs name exists', () => {
  const missing = documents
    .filter(({ file }) => /^(README|CONTRIBUTING)\.md$|^docs\//.test(file))
    .flatMap((document) => missingFilesOf(document).map((name) => `${document.file}: ${name}`));
  expect(missing).toEqual([]);
});

test("every source file that a package's README names is in the package", () => {
  const missing = documents
    .filter(({ file }) => /^(services|packages|tooling)\//.test(file))
    .flatMap((document) => missingSourcesOf(document).map((name) => `${document.file}: ${name}`));
  expect(missing).toEqual([]);
});

test('the README is short', () => {
  const readme = documents.find(({ file }) => file === 'README.md');
  expect(readme?.text.split('\n').length).toBeLessThanOrEqual(README_LINES);
});

test('every page of docs starts with what the reader can do afterwards', () => {
  const pages = documents.filter(({ file }) => file.startsWith('docs/'));
  const others = pages.filter(({ text }) => !/^# .+\n\nAfter reading this page you /.test(text));
  expect(pages.length).toBeGreaterThan(0);
  expect(others.map(({ file }) => file)).toEqual([]);
});

test('every picture of the guides can be made again, and a guide shows it', () => {
  const folder = fileURLToPath(new URL('../../../docs/pictures', import.meta.url));
  const files = readdirSync(folder).sort();
  const shown = new Set(documents.flatMap((document) => linksOf(document)));
  expect(guidePictures.map(({ file }) => file).sort()).toEqual(files);
  expect(files.filter((file) => !shown.has(`pictures/${file}`))).toEqual([]);
});

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? from : path.join(path.dirname(from), file);
  if (anchor === undefined) return exists(target);
  const document = documents.find((one) => one.file === target);
  return document !== undefined && anchorsOf(document).has(anchor);
}

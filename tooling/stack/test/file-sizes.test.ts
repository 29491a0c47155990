import { expect, test } from 'vitest';
import { importsOf, isTest, readPackages, readSources } from './sources.ts';

/** Beyond this a file is hard to read as a whole. */
const MAX_LINES = 400;
/** Longer files, with the reason. */
const LONG: Readonly<Record<string, string>> = {
  'packages/client/src/api.ts': 'generated from the contracts',
  'services/landing/src/words/message-types.ts': 'generated from the messages',
  'packages/service-kit/test/rpc.test.ts': 'every way in which a call can fail, on one bus',
  'services/fulfillment-worker/test/alerts.test.ts': 'every alert of the worker, on one fixture',
  'services/fulfillment-worker/test/changes.test.ts': 'every kind of change, on one fixture',
  'services/fulfillment-worker/test/deliveries.test.ts':
    'the whole life of a delivery, on one fixture',
  'services/fulfillment-worker/test/effects.test.ts':
    'the effect of each operation, on one fixture',
};

/** A shorter file costs a reader more to find than to read, so it joins its only importer. */
const MIN_LINES = 25;
/** Folders with a file for each thing, however short, so that each is found by its name. */
const ONE_EACH =
  /\/src\/(main\.ts$|(.+\/)?(db|procedures|consumers|store|handlers|examples)\/)|^packages\/console\/src\/(api|routes)\//;
/** Shorter files with one importer, with the reason. */
const SHORT: Readonly<Record<string, string>> = {
  'packages/console/src/app/zod-setup.ts': 'must run before every module that declares a schema',
  'packages/service-kit/src/bus/headers.ts': 'bus.ts is long already',
  'services/landing/src/words/write-message-types.ts': 'a command with a test',
  'services/landing/src/offer-pages/brand-files.ts': 'belongs to offer-pages/, not to app.ts',
};

const sources = readSources(['.ts', '.mjs', '.tsx']);

test('no file is longer than 400 lines', () => {
  const long = sources.filter(({ lines }) => lines > MAX_LINES).map(({ file }) => file);
  expect(long.filter((file) => !(file in LONG))).toEqual([]);
});

test('no short file has a single importer', () => {
  const entries = new Set(readPackages().flatMap(({ entries: named }) => named.values().toArray()));
  const importers = countImporters();
  const short = sources
    .filter(
      ({ file, lines }) => /^(services|packages)\/[\w-]+\/src\//.test(file) && lines < MIN_LINES,
    )
    .map(({ file }) => file)
    .filter((file) => !isTest(file) && !ONE_EACH.test(file) && !entries.has(file))
    .filter((file) => (importers.get(file) ?? 0) < 2);
  expect(short.filter((file) => !(file in SHORT))).toEqual([]);
});

test('the exceptions are still needed', () => {
  const linesOf = new Map(sources.map(({ file, lines }) => [file, lines]));
  const long = Object.keys(LONG).filter((file) => (linesOf.get(file) ?? 0) <= MAX_LINES);
  const short = Object.keys(SHORT).filter((file) => (linesOf.get(file) ?? MIN_LINES) >= MIN_LINES);
  expect(long).toEqual([]);
  expect(short).toEqual([]);
});

/** How many files, without tests, import each file of their own package. */
function countImporters(): ReadonlyMap<string, number> {
  const importers = new Map<string, number>();
  for (const source of sources.filter(({ file }) => !isTest(file))) {
    for (const imported of new Set(importsOf(source))) {
      importers.set(imported, (importers.get(imported) ?? 0) + 1);
    }
  }
  return importers;
}

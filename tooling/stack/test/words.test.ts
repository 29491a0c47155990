import { expect, test } from 'vitest';
import { readSources } from './sources.ts';

interface OldWord {
  readonly old: RegExp;
  readonly instead: string;
  /** Where to look; everywhere if absent. */
  readonly within?: RegExp;
}

const TESTS = /^(services|packages)\/[\w-]+\/test\//;

/** Names that were given up, with the word of the glossary in CONTRIBUTING. */
const oldWords: readonly OldWord[] = [
  { old: /\bHouseDeps\b/, instead: 'WorkerDeps' },
  { old: /\binNameOf(Nobody)?\b/, instead: 'forPublisher, withoutPublisher' },
  { old: /\btellOfOthers\b/, instead: 'warnAboutUnlistedPublishers' },
  { old: /\bborders\b/i, instead: 'ownership', within: /^services\// },
  { old: /\bladders?\b/i, instead: 'schedule', within: /^(services|packages|docs)\// },
  { old: /\brungs?\b/i, instead: 'attempt', within: /\/src\/(?!store\/|db\/)/ },
  { old: /\beventually\(|\bvi\.waitFor\(/, instead: 'until, of @landfall/servers/wait' },
  {
    old: /\b(open|start|with)?(Stage|World)\b|\b(stage|world)\.|\b(const|let) (stage|world)\b/,
    instead: 'fixture',
    within: TESTS,
  },
  { old: /\/figures\/|\bfigures\.ts\b/, instead: 'metrics' },
  {
    old: /\b(kept-watch|held-visits|hand-over)\b/,
    instead: 'stream-loss, visit-cookie, confirmation-relay',
  },
];

const OURSELVES = 'tooling/stack/test/words.test.ts';
const sources = readSources(['.ts', '.mjs', '.md']).filter(({ file }) => file !== OURSELVES);

test.each(oldWords)('$old does not come back: it is $instead', ({ old, within }) => {
  const found = sources
    .filter(({ file }) => within?.test(file) ?? true)
    .flatMap(({ file, text }) =>
      text
        .split('\n')
        .flatMap((line, index) => (old.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );
  expect(found).toEqual([]);
});

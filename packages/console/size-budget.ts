import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk;

const kB = 1000;
/** Scripts and styles that a browser loads before it shows the first page: about a second on a line with 1.6 Mbit/s. */
const FIRST_LOAD = 220 * kB;
/** All pages together: 280 kB that several pages share, and 6 kB for each of 25 pages with its words. */
const EVERYTHING = 440 * kB;

/**
 * Fails the build when the console becomes slow to load. It counts scripts, styles and English words. Of the translations a browser
 * loads one instead of English, and the font (30 kB) comes while the page is already shown.
 */
export function sizeBudget(): Plugin {
  return {
    name: 'size-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.values(bundle).filter(isCounted);
      const first = firstLoad(bundle);
      const firstSize = total(files.filter(({ fileName }) => first.has(fileName)));
      const size = total(files);
      this.info(`first load ${inKB(firstSize)}, everything ${inKB(size)} (gzip)`);
      if (firstSize > FIRST_LOAD) this.error(tooLarge('the first load', firstSize, FIRST_LOAD));
      if (size > EVERYTHING) this.error(tooLarge('everything', size, EVERYTHING));
    },
  };
}

function tooLarge(what: string, size: number, limit: number): string {
  return `${what} has ${inKB(size)}, and may have ${inKB(limit)}: load what is rarely needed with import()`;
}

/** The entry with all that it imports and its styles, and the first page with its words. */
function firstLoad(bundle: Bundle): ReadonlySet<string> {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const isFirst = ({ isEntry, facadeModuleId }: Chunk) =>
    isEntry ||
    /\/(?:routes\/home\/home\.tsx|words\/(?:shell|parts|home)\/en\.json)$/.test(
      facadeModuleId ?? '',
    );
  const found = new Set<string>();
  const add = (name: string) => {
    const chunk = bundle[name];
    if (found.has(name) || chunk?.type !== 'chunk') return;
    found.add(name);
    for (const css of chunk.viteMetadata?.importedCss ?? []) found.add(css);
    chunk.imports.forEach(add);
  };
  chunks.filter(isFirst).forEach(({ fileName }) => add(fileName));
  return found;
}

function isCounted(file: Bundle[string]): boolean {
  const isTranslation =
    file.type === 'chunk' && /\/words\/[\w-]+\/(?!en)\w+\.json$/.test(file.facadeModuleId ?? '');
  return !isTranslation && /\.(?:js|css)$/.test(file.fileName);
}

function total(files: readonly Bundle[string][]): number {
  return files.reduce((sum, file) => sum + gzipSync(bytesOf(file), { level: 9 }).length, 0);
}

function bytesOf(file: Bundle[string]): Buffer {
  return Buffer.from(file.type === 'chunk' ? file.code : file.source);
}

function inKB(bytes: number): string {
  return `${(bytes / kB).toFixed(1)} kB`;
}

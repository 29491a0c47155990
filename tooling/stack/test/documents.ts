import path from 'node:path';
import { readSources, ours } from './sources.ts';

/** A Markdown file of the repository, in the form that the checks need. */
export interface Document {
  /** Path from the repository's root. */
  readonly file: string;
  readonly text: string;
  /** The text without code, because code contains no links. */
  readonly prose: string;
}

/** All of our Markdown files. */
export function readDocuments(): Document[] {
  return readSources(['.md']).map(({ file, text }) => ({
    file,
    text,
    prose: text.replaceAll(FENCE, '').replaceAll(/`[^`\n]+`/g, ''),
  }));
}

const FENCE = /^( *)```[^\n]*\n[\s\S]*?^\1```$/gm;

/** The anchors of a document's headings, as GitHub generates them. */
export function anchorsOf({ text }: Document): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.replaceAll(FENCE, '').matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The targets of a document's links, except links to other sites. */
export function linksOf({ prose }: Document): string[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

const FROM_ROOT = /^(services|packages|tooling|docs)\//;
/** A part that every service has. */
const IN_A_SERVICE = /^(src|test)\//;
const FILE_NAME = /^[\w.*-]+\.(ts|mjs|json|md|yaml|conf|css|js)$/;
const SOURCE_NAME = /^[\w./*-]+\.(ts|mjs)$/;
/** A placeholder for any name: `services/<service>/…`. */
const PLACEHOLDER = /[<>…{}]/;

/**
 * Files and folders that a document names in code and that do not exist. A file name without a path
 * is looked up in the folder of the previous path of the paragraph, or at the root.
 */
export function missingFilesOf(document: Document): string[] {
  return codeOf(document).flatMap((words) => {
    let folder = '';
    return words.filter((word) => {
      if (FROM_ROOT.test(word)) {
        folder = word.endsWith('/') ? word : path.dirname(word);
        return !exists(word);
      }
      if (IN_A_SERVICE.test(word)) {
        folder = `services/*/${path.dirname(word)}`;
        return !exists(`services/*/${word}`);
      }
      return FILE_NAME.test(word) && !exists(path.join(folder, word)) && !exists(word);
    });
  });
}

/** Source files that a package's README names and that are not in the package. */
export function missingSourcesOf(document: Document): string[] {
  const folder = document.file.split('/').slice(0, 2).join('/');
  const isThere = (word: string) =>
    FROM_ROOT.test(word) ? exists(word) : exists(`${folder}/**/${word.replace(/^(\.\.?\/)+/, '')}`);
  return codeOf(document).flatMap((words) =>
    words.filter((word) => SOURCE_NAME.test(word) && !isThere(word)),
  );
}

/** The words in a document's code, by paragraph and block. */
function codeOf({ text }: Document): string[][] {
  const blocks = text.match(FENCE) ?? [];
  const paragraphs = text.replaceAll(FENCE, '').split(/\n(?=\n|\||- )/);
  const inline = paragraphs.map((paragraph) =>
    [...paragraph.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code).join(' '),
  );
  return [...blocks, ...inline].map((code) =>
    code.split(/[\s,:;()"']+/).filter((word) => !PLACEHOLDER.test(word)),
  );
}

/** Whether we have such a file or folder; with `*`, at least one. */
export function exists(file: string): boolean {
  const wanted = path.normalize(file).replace(/\/$/, '');
  if (wanted === '.') return true;
  return wanted.includes('*')
    ? ours.some((one) => path.matchesGlob(one, wanted))
    : ours.includes(wanted);
}

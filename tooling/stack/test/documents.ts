import path from 'node:path';
import { readSources, ours } from './sources.ts';

/** A Markdown file of the repository, as its checks need it. */
export interface Document {
  /** From the repository's root. */
  readonly file: string;
  readonly text: string;
  /** The text without code, in which nothing is a link. */
  readonly prose: string;
}

/** Every Markdown file that we have written. */
export function readDocuments(): Document[] {
  return readSources(['.md']).map(({ file, text }) => ({
    file,
    text,
    prose: text.replaceAll(FENCE, '').replaceAll(/`[^`\n]+`/g, ''),
  }));
}

const FENCE = /^( *)```[^\n]*\n[\s\S]*?^\1```$/gm;

/** The anchors of a document's headings, as GitHub makes them. */
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

/** Targets of a document's links, without those that lead to other sites. */
export function linksOf({ prose }: Document): string[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

const FROM_ROOT = /^(services|packages|tooling|docs)\//;
/** A part that every service has. */
const IN_A_SERVICE = /^(src|test)\//;
const FILE_NAME = /^[\w.*-]+\.(ts|mjs|json|md|yaml|conf|css|js)$/;
const SOURCE_NAME = /^[\w./*-]+\.(ts|mjs)$/;
/** Stands for any name: `services/<service>/…`. */
const PLACEHOLDER = /[<>…{}]/;

/**
 * Files and folders that a document names in code and that do not exist. A bare file name is in the folder
 * of the path before it in the same paragraph, or at the root.
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

/** Source files that the README of a package names and that are nowhere in the package. */
export function missingSourcesOf(document: Document): string[] {
  const folder = document.file.split('/').slice(0, 2).join('/');
  const isThere = (word: string) =>
    FROM_ROOT.test(word) ? exists(word) : exists(`${folder}/**/${word.replace(/^(\.\.?\/)+/, '')}`);
  return codeOf(document).flatMap((words) =>
    words.filter((word) => SOURCE_NAME.test(word) && !isThere(word)),
  );
}

/** The words of a document's code, by paragraph and by block. */
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

/** Whether there is such a file or folder of ours; with `*`, at least one. */
export function exists(file: string): boolean {
  const wanted = path.normalize(file).replace(/\/$/, '');
  if (wanted === '.') return true;
  return wanted.includes('*')
    ? ours.some((one) => path.matchesGlob(one, wanted))
    : ours.includes(wanted);
}

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contractTables } from '@landfall/contracts/markdown.ts';
import { repositoryRoot } from './folder.ts';

const BEGIN = '<!-- contracts:begin -->';
const END = '<!-- contracts:end -->';

export const readmeFile = path.join(repositoryRoot, 'README.md');

/** The README with its tables computed anew from the contracts. */
export function withContractTables(readme: string): string {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END);
  if (from < 0 || to < from) throw new Error(`README.md has no ${BEGIN} … ${END}`);
  return `${readme.slice(0, from + BEGIN.length)}\n${contractTables()}\n${readme.slice(to)}`;
}

if (import.meta.main)
  writeFileSync(readmeFile, withContractTables(readFileSync(readmeFile, 'utf8')));

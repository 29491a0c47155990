import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { contractTables, operatingTables } from './reference/contract-tables.ts';
import { repositoryRoot } from './folder.ts';

export const readmeFile = path.join(repositoryRoot, 'README.md');

/** The README with its tables computed anew from the contracts. */
export function withContractTables(readme: string): string {
  const withContracts = withBlock(readme, { name: 'contracts', content: contractTables() });
  return withBlock(withContracts, { name: 'operating', content: operatingTables() });
}

function withBlock(readme: string, block: { readonly name: string; readonly content: string }) {
  const [begin, end] = [`<!-- ${block.name}:begin -->`, `<!-- ${block.name}:end -->`];
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md has no ${begin} … ${end}`);
  return `${readme.slice(0, from + begin.length)}\n${block.content}\n${readme.slice(to)}`;
}

if (import.meta.main)
  writeFileSync(readmeFile, withContractTables(readFileSync(readmeFile, 'utf8')));

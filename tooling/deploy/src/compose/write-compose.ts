import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { readConfigSchemas } from '../config-schemas.ts';
import { composeFile, composeFolder } from './compose.ts';

export const composePath = path.join(composeFolder, 'compose.yaml');

const HEADER = `# Landfall on one machine. Written by src/compose/write-compose.ts from the services' settings; a test compares.
# Do not edit: put changes into a compose.override.yaml beside it. How to use it: docs/containers.md.
`;

/** The content of `compose.yaml`. It has no anchors, so that each container can be read by itself. */
export async function composeText(): Promise<string> {
  const file = composeFile(await readConfigSchemas());
  return (
    HEADER + stringify(file, { aliasDuplicateObjects: false, lineWidth: 0, singleQuote: true })
  );
}

if (import.meta.main) writeFileSync(composePath, await composeText());

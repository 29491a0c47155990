import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chartTable } from '../chart/table.ts';
import { readConfigSchemas } from '../config-schemas.ts';
import { systemdUnits } from './units.ts';

export const unitsFolder = fileURLToPath(new URL('../../systemd', import.meta.url));

if (import.meta.main) {
  for (const [file, content] of systemdUnits(chartTable(await readConfigSchemas()))) {
    writeFileSync(path.join(unitsFolder, file), content);
  }
}

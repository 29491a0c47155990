import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { build } from 'vite';
import { removeOldFiles } from '../vite.config.ts';

test('a build removes the files of earlier builds, and keeps its own with their compressed copies', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'landfall-old-files-'));
  try {
    writeFileSync(path.join(root, 'index.html'), '<script type="module" src="/main.js"></script>');
    const assets = path.join(root, 'dist', 'assets');
    const buildOf = async (source: string) => {
      writeFileSync(path.join(root, 'main.js'), source);
      const plugins = [removeOldFiles()];
      const settings = { emptyOutDir: false };
      await build({ root, configFile: false, logLevel: 'silent', plugins, build: settings });
      return readdirSync(assets);
    };

    const [old = ''] = await buildOf('console.log("old")');
    for (const suffix of ['.br', '.gz']) writeFileSync(path.join(assets, old + suffix), '');
    expect(await buildOf('console.log("old")')).toHaveLength(3);

    const current = await buildOf('console.log("current")');
    expect(current).toHaveLength(1);
    expect(current).not.toContain(old);
    expect(existsSync(path.join(root, 'dist', 'index.html'))).toBe(true);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

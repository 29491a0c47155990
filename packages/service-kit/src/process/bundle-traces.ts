import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The bundle of a service imports this module before everything else, so that stack traces name the sources. The map beside the
 * bundle is read when the first trace is made. With Node's `--enable-source-maps`, every service would read the map at its start
 * and keep it, which takes 10 MB and 15 ms.
 */
const bundleUrl = import.meta.url;
/** The map takes 12 MB, so it may be garbage-collected and read again. */
let kept: WeakRef<SourceMap> | undefined;

Error.prepareStackTrace = (error, sites) => {
  // oxlint-disable-next-line typescript/no-base-to-string -- V8 writes a call site as a line of the trace.
  const lines = sites.map((site) => `\n    at ${inSources(site.toString())}`);
  return `${nameAndMessage(error)}${lines.join('')}`;
};

/** A call site such as `start (file:///…/main.mjs:10:5)`, with its place in our sources. A site outside them stays unchanged. */
function inSources(site: string): string {
  const at = site.indexOf(bundleUrl);
  const [, line, column] = /^:(\d+):(\d+)/.exec(site.slice(at + bundleUrl.length)) ?? [];
  if (at === -1 || line === undefined || column === undefined) return site;
  const place = `${bundleUrl}:${line}:${column}`;
  const origin = originOf(Number(line), Number(column));
  return origin ? site.replace(place, origin) : site;
}

function originOf(line: number, column: number): string | undefined {
  try {
    const map =
      kept?.deref() ??
      new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${bundleUrl}.map`), 'utf8')));
    kept = new WeakRef(map);
    const found = map.findOrigin(line, column);
    if (!('fileName' in found)) return undefined;
    return `${new URL(found.fileName, bundleUrl).href}:${found.lineNumber}:${found.columnNumber}`;
  } catch {
    // An error about an error would hide the first one.
    return undefined;
  }
}

function nameAndMessage(error: Error): string {
  try {
    return String(error);
  } catch {
    return 'Error';
  }
}

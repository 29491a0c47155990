/**
 * The path and query of a request target. A proxy may send the absolute form
 * (`POST https://host/webhook HTTP/1.1`), which every server has to accept: RFC 9112 section 3.2.2.
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return rest.startsWith('/') || rest === '*' ? rest : `/${rest}`;
}

/** The usual spelling of a path, which is canonical already. */
const CANONICAL = /^(?:\/[a-z0-9_-][a-z0-9._-]*)+$/;

/**
 * One spelling for every way to write the path of a target: in lower case, without query, dots and surrounding
 * blanks, and without repeated, trailing or encoded slashes. Use it only to recognise a path, never to forward it,
 * because identifiers in a path may be case-sensitive.
 */
export function canonicalPath(target: string): string {
  if (CANONICAL.test(target)) return target;
  const [path = ''] = originForm(target).split(/[?#]/, 1);
  const segments: string[] = [];
  for (const segment of decoded(path).trim().toLowerCase().split(/[/\\]/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

import { unexpectedAnswer } from './read.ts';

/**
 * The URL of the next page of subscriptions. Microsoft's links are sometimes malformed
 * (`https:// https://…`), so junk before the last scheme is dropped. A link is only followed to the
 * list on our own base URL's origin, because it travels with our token; any other is a
 * `marketplace.unexpected-answer` fault, as is one that has been followed before.
 */
export function nextPageUrl(link: string, baseUrl: string, seen: Set<string>): string {
  const base = new URL(baseUrl);
  const url = [link, fromLastScheme(link)]
    .map((candidate) => parse(candidate, base))
    .find((candidate) => candidate !== undefined && isList(candidate, base));
  if (!url) throw unexpectedAnswer('a link to a next page that is not its own');
  if (seen.has(url.href)) throw unexpectedAnswer('the same next page twice');
  seen.add(url.href);
  return url.href;
}

function isList(url: URL, base: URL): boolean {
  const path = url.pathname.replace(/\/$/, '').toLowerCase();
  const isPlain = url.username === '' && url.password === '';
  const listPath = `${base.pathname}/saas/subscriptions`.toLowerCase();
  return url.origin === base.origin && isPlain && path === listPath;
}

function parse(link: string, base: URL): URL | undefined {
  const absolute = link.startsWith('/') ? base.origin + link : link;
  return URL.canParse(absolute) ? new URL(absolute) : undefined;
}

function fromLastScheme(link: string): string {
  const lower = link.toLowerCase();
  return link.slice(Math.max(0, lower.lastIndexOf('https://'), lower.lastIndexOf('http://')));
}

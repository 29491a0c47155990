import { unexpectedAnswer } from './read.ts';

/**
 * The URL of the next page of subscriptions. Microsoft's links are sometimes malformed
 * (`https:// https://…`), so everything before the last scheme is dropped. Our token travels with the
 * request, so a link must lead to the list on the origin of the base URL. Any other link, and one that was
 * followed before, throws the fault `marketplace.unexpected-answer`.
 */
export function nextPageUrl(link: string, baseUrl: string, seen: Set<string>): string {
  const base = new URL(baseUrl);
  const url = [link, fromLastScheme(link)]
    .map((candidate) => parse(candidate, base))
    .find((candidate) => candidate !== undefined && isList(candidate, base));
  if (!url) throw unexpectedAnswer('with a next-page link that does not lead to its own list');
  if (seen.has(url.href)) throw unexpectedAnswer('with the same next-page link twice');
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

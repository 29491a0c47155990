import { unexpectedAnswer } from './read.ts';

/**
 * The URL of the next page of subscriptions. Microsoft's links are sometimes malformed
 * (`https:// https://…`), so junk before the last scheme is dropped. A link is only followed to the
 * list on our own base URL's origin, because it travels with our token; any other is a
 * `marketplace.unexpected-answer` fault, as is one that has been followed before.
 */
export function nextPageUrl(link: string, baseUrl: string, seen: Set<string>): string {
  const base = new URL(baseUrl);
  const url = parse(link, base) ?? parse(fromLastScheme(link), base);
  const list = `${base.pathname}/saas/subscriptions`.toLowerCase();
  const isOurs =
    url?.origin === base.origin &&
    url.username === '' &&
    url.password === '' &&
    url.pathname.replace(/\/$/, '').toLowerCase() === list;
  if (!url || !isOurs) throw unexpectedAnswer('a link to a next page that is not its own');
  if (seen.has(url.href)) throw unexpectedAnswer('the same next page twice');
  seen.add(url.href);
  return url.href;
}

function parse(link: string, base: URL): URL | undefined {
  const absolute = link.startsWith('/') ? base.origin + link : link;
  return URL.canParse(absolute) ? new URL(absolute) : undefined;
}

function fromLastScheme(link: string): string {
  const lower = link.toLowerCase();
  return link.slice(Math.max(0, lower.lastIndexOf('https://'), lower.lastIndexOf('http://')));
}

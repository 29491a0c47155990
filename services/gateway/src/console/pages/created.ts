import { html } from 'hono/html';
import type { z } from 'zod';
import type { keyView } from '@landfall/contracts/key-procedures';
import { accessPath, type Visit } from '../visit.ts';
import { page, time, type Html } from './frame.ts';
import { account } from './home.ts';

/** Shows a new key, once. */
export function createdKeyPage(
  visit: Visit,
  { key, secret }: { readonly key: z.output<typeof keyView>; readonly secret: string },
): Html {
  const curl = `curl -H "Authorization: Bearer ${secret}" ${new URL('/v1/me', visit.publicUrl).href}`;
  return page(
    'Your new API key',
    html`<h1>Your new API key</h1>
      <p class="lead">Copy it now. It is not shown again.</p>
      ${copyable('key', 'Key', secret)}
      <p>
        “${key.label}” works
        ${key.publisherId ? html`for ${key.publisherId}` : 'for all publishers'}${
          key.expiresAt ? html` until ${time(key.expiresAt)}` : ''
        }.
      </p>
      <h2>Try it</h2>
      ${copyable('curl', 'Command: who am I?', curl)}
      <p>The <a href="/docs">documentation of the API</a> lists every call and its scope.</p>
      ${done(visit)}`,
    account(visit),
  );
}

/** Shows an invitation, once. */
export function invitedPage(
  visit: Visit,
  { url, expiresAt }: { readonly url: string; readonly expiresAt: string },
): Html {
  return page(
    'Invitation',
    html`<h1>Send this link to one person</h1>
      <p class="lead">
        The first person who opens it and signs in gets the role. It works until ${time(expiresAt)}
        and is not shown again.
      </p>
      ${copyable('link', 'Link', url)} ${done(visit)}`,
    account(visit),
  );
}

function done({ publisherId }: Visit): Html {
  return html`<p class="next"><a class="button" href="${accessPath(publisherId)}">Done</a></p>`;
}

/** Selected with one click; the script adds a button that copies. */
function copyable(id: string, label: string, text: string): Html {
  return html`<p class="label" id="${id}-label">${label}</p>
    <pre
      tabindex="0"
      role="group"
      aria-labelledby="${id}-label"
      data-copyable
    ><code>${text}</code></pre>`;
}

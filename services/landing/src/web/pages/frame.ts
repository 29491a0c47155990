import { html, raw } from 'hono/html';
import { PERSONAL_ACCOUNTS_TENANT } from '@landfall/domain/claim';
import { languageNames, languages, type Language } from '@landfall/words/language';
import type { Html, Words } from '../../words/words.ts';
import { signInPath } from '../paths.ts';
import type { Visitor } from '../visitor.ts';

export type { Html };

/** The product's name and addresses, from the offer's page or from the configuration. */
export interface Product {
  readonly name: string;
  readonly url: string;
  readonly supportEmail?: string | undefined;
  readonly supportUrl?: string | undefined;
  readonly termsUrl?: string | undefined;
  readonly privacyUrl?: string | undefined;
}

/** The signed-in person, with the key that is in each of their forms. */
export interface SignedIn {
  readonly visitor: Visitor;
  readonly formKey: string;
}

/** Everything around the content of a page. */
export interface Frame {
  readonly product: Product;
  /** Part of the asset URLs, so that browsers do not use the stylesheet of an older release. */
  readonly assetsVersion: string;
  readonly words: Words;
  /** When the page is rendered. */
  readonly now: Date;
  /** The page's path, to return to after the language was switched. */
  readonly here: string;
  readonly signedIn?: SignedIn | undefined;
  readonly supportCode?: string | undefined;
  /** The publisher's logo and colours, under `/landing/assets/brand/`. */
  readonly logoFile?: string | undefined;
  readonly styleFile?: string | undefined;
  /** The language of a publisher's text that does not exist in the reader's language. */
  readonly fallbackLanguage?: Language | undefined;
  /** Only for previews: the page then contains its styles and logo, loads nothing and cannot be used. */
  readonly inlined?: { readonly styles: string; readonly logo: string | undefined } | undefined;
}

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  /** Seconds after which the page reloads itself. */
  readonly refreshSeconds?: number | undefined;
  /** A script keeps the page up to date; `refreshSeconds` then applies only without script. */
  readonly isFollowed?: boolean | undefined;
  /** Shows two columns if there is room. */
  readonly isWide?: boolean | undefined;
}

/** A whole page. The template escapes every value. */
export function framed(frame: Frame, content: PageContent): Html {
  const { product, words, logoFile, inlined } = frame;
  const logo = inlined ? inlined.logo : logoFile && `/landing/assets/brand/${logoFile}`;
  return html`<!doctype html>
    <html lang="${words.language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>${content.title} · ${product.name}</title>
        ${styles(frame)}
        <link rel="icon" href="data:," />
        ${inlined ? '' : scripts(frame, content)}
      </head>
      <body ${inlined ? 'inert' : ''}>
        <a class="skip" href="#content">${words.t('frame.skip')}</a>
        <header class="top">
          <div class="bar">
            <p class="product">
              ${
                logo
                  ? html`<img class="logo" src="${logo}" alt="" />`
                  : html`<span class="monogram" aria-hidden="true">${initial(product.name)}</span>`
              }
              <span>${product.name}</span>
            </p>
            ${account(frame)}
          </div>
        </header>
        <main
          id="content"
          tabindex="-1"
          ${content.isWide ? html`class="wide"` : ''}
          ${lookAgain(content)}
        >
          ${content.body}
        </main>
        <footer class="bottom">${help(frame)} ${legal(frame)} ${languageSwitch(frame)}</footer>
      </body>
    </html>`;
}

function styles({ assetsVersion, styleFile, inlined }: Frame): Html {
  if (inlined)
    return html`<style>
      ${raw(inlined.styles)}
    </style>`;
  return html`<link rel="stylesheet" href="/landing/assets/landing.css?v=${assetsVersion}" />
    ${styleFile ? html`<link rel="stylesheet" href="/landing/assets/brand/${styleFile}" />` : ''}`;
}

function scripts({ assetsVersion }: Frame, content: PageContent): Html {
  return html`${refresh(content)}
    <script type="module" src="/landing/assets/landing.js?v=${assetsVersion}"></script>`;
}

/** A reload loses focus and scroll position, so the script reloads only if the page has changed. */
function refresh({ refreshSeconds }: PageContent): Html | string {
  if (!refreshSeconds) return '';
  return html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}" /></noscript>`;
}

function lookAgain({ refreshSeconds, isFollowed }: PageContent): Html | string {
  return refreshSeconds && !isFollowed ? html`data-look-again="${refreshSeconds}"` : '';
}

/** Shown in place of a logo. */
function initial(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return first?.segment.toUpperCase() ?? '';
}

/**
 * Shows who is signed in on every page, so that buyers notice a wrong account. E-mail address, organisation
 * and sign-out are one click away, with or without script.
 */
function account({ signedIn, words, here }: Frame): Html | string {
  if (!signedIn) return '';
  const { visitor, formKey } = signedIn;
  const { name, email } = visitor;
  const where = name && email ? email.slice(email.indexOf('@') + 1) : undefined;
  return html`<details class="account">
    <summary>
      <span class="who">
        <b>${name ?? email ?? words.t('frame.signedIn')}</b>
        ${where ? html`<span>${where}</span>` : ''}
      </span>
    </summary>
    <div class="menu">
      ${email ? html`<p>${email}</p>` : ''}
      <p>${tenantWords(words, visitor)}</p>
      <p>
        <a href="${signInPath({ back: here, account: 'other' })}">${words.t('frame.notYou')}</a>
      </p>
      <form method="post" action="/landing/sign-out">
        <input type="hidden" name="formKey" value="${formKey}" />
        <button class="quiet" type="submit">${words.t('frame.signOut')}</button>
      </form>
    </div>
  </details>`;
}

function tenantWords(words: Words, { tenantId }: Visitor): string | Html {
  return tenantId === PERSONAL_ACCOUNTS_TENANT
    ? words.t('frame.personalAccount')
    : html`${words.t('frame.tenant')} <code>${tenantId}</code>`;
}

function help({ product, supportCode, words }: Frame): Html {
  const { supportEmail, supportUrl } = product;
  return html`
    ${
      supportEmail || supportUrl
        ? html`<p>
            ${words.t('frame.needHelp')}
            ${supportUrl ? html`<a href="${supportUrl}">${words.t('frame.contactSupport')}</a>` : ''}
            ${supportEmail ? html`<a href="mailto:${supportEmail}">${supportEmail}</a>` : ''}
          </p>`
        : ''
    }
    ${
      supportCode
        ? html`<p>
            ${words.t('frame.supportCode')} <code id="support-code">${supportCode}</code>
            <button
              class="quiet"
              type="button"
              data-copy="support-code"
              data-copied="${words.t('frame.copied')}"
              hidden
            >
              ${words.t('frame.copy')}
            </button>
          </p>`
        : ''
    }
  `;
}

function legal({ product, words }: Frame): Html | string {
  const { termsUrl, privacyUrl } = product;
  if (!termsUrl && !privacyUrl) return '';
  return html`<p class="links">
    ${termsUrl ? html`<a href="${termsUrl}">${words.t('frame.terms')}</a>` : ''}
    ${privacyUrl ? html`<a href="${privacyUrl}">${words.t('frame.privacy')}</a>` : ''}
  </p>`;
}

/** Renders a tag of a message, such as `<link>…</link>`, as a link to `href`. */
export function linkTo(href: string): (content: Html) => Html {
  return (content) => html`<a href="${href}">${content}</a>`;
}

export function strong(content: Html): Html {
  return html`<b>${content}</b>`;
}

/** One button per language, so that switching works without script. */
function languageSwitch({ words, here }: Frame): Html {
  return html`<form
    class="languages"
    method="post"
    action="/landing/language"
    aria-label="${words.t('frame.language')}"
  >
    <input type="hidden" name="back" value="${here}" />
    ${languages.map(
      (one) =>
        html`<button
          class="quiet"
          type="submit"
          name="language"
          value="${one}"
          lang="${one}"
          ${one === words.language ? html`aria-current="true"` : ''}
        >
          ${languageNames[one]}
        </button>`,
    )}
  </form>`;
}

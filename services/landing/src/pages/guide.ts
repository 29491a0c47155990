import { html } from 'hono/html';
import { framed, type Frame, type Html } from './frame.ts';

/** Somebody came without a purchase: how to get here with one. */
export function guidePage(frame: Frame): Html {
  return framed(frame, {
    title: 'Set up your purchase',
    body: html`
      <h1>Set up your purchase</h1>
      <p class="lead">
        To finish the purchase of ${frame.product.name}, come here from the place where you bought
        it. The link there tells us which purchase is yours.
      </p>
      ${howToOpen()}
      <p class="actions">
        ${
          frame.signedIn
            ? html`<a class="button" href="${frame.product.url}">Open ${frame.product.name}</a>`
            : html`<a class="button" href="/landing/sign-in">Sign in to see your purchase</a>
                <a href="${frame.product.url}">Open ${frame.product.name}</a>`
        }
      </p>
    `,
  });
}

/** The link is damaged, or older than the day for which Microsoft honours it. */
export function linkExpiredPage(frame: Frame): Html {
  return framed(frame, {
    title: 'This link is no longer valid',
    body: html`
      <h1>This link is no longer valid</h1>
      <p class="lead">
        Microsoft could not tell us which purchase it belongs to. Such links work for 24 hours. Your
        purchase itself is not affected: open it again, and you get a new link.
      </p>
      ${howToOpen()}
    `,
  });
}

function howToOpen(): Html {
  return html`
    <div class="card">
      <h2>In the Azure portal</h2>
      <ol>
        <li>Go to <a href="https://portal.azure.com">portal.azure.com</a> and open <b>SaaS</b>.</li>
        <li>Choose the subscription.</li>
        <li>Choose <b>Configure account now</b> or <b>Manage account</b>.</li>
      </ol>
      <h2>In the Microsoft 365 admin center</h2>
      <ol>
        <li>
          Go to <a href="https://admin.microsoft.com">admin.microsoft.com</a>, <b>Billing</b>,
          <b>Your products</b>.
        </li>
        <li>Choose the subscription.</li>
        <li>Choose <b>Configure account</b> or <b>Manage account</b>.</li>
      </ol>
    </div>
  `;
}

import { html } from 'hono/html';
import type { Mail, Mailbox, MailSummary } from '../mail/mailbox.ts';
import { clearButton, type Html } from './layout.ts';
import { showSize, showTime } from './words.ts';

/** Every mail that the local mail server has caught, newest first. */
export function mailboxPage(mailbox: Mailbox, smtpUrl: string): Html {
  return html`<h1>Mailbox</h1>
    <p class="lead">
      Every mail to any address ends here. Nothing leaves this machine. Programs send to
      <code>${smtpUrl}</code>. A mail server that refuses is under
      <a href="/clock">Clock and faults</a>.
    </p>
    <div data-live="/live/mail">${mailboxPart(mailbox)}</div>`;
}

export function mailboxPart(mailbox: Mailbox): Html {
  const mails = mailbox.list();
  if (mails.length === 0) {
    return html`<div class="card empty">
      <p>No mails yet.</p>
      <p>
        Landfall sends mails to operators and to customers when a destination for mails is switched
        on in its console.
      </p>
    </div>`;
  }
  return html`<div class="card">
      <ul class="mails">
        ${mails.map(mailRow)}
      </ul>
    </div>
    ${clearButton('/mail/clear', 'Empty the mailbox')}`;
}

function mailRow({ id, at, from, to, subject }: MailSummary): Html {
  return html`<li>
    <a href="/mail/${id}">
      <span
        ><strong>${subject || '(no subject)'}</strong><br /><span class="small quiet"
          >from ${from}</span
        ></span
      >
      <span class="small">${to.join(', ')}</span>
      <time class="small quiet">${showTime(at)}</time>
    </a>
  </li>`;
}

/** One mail: how it looks, its text, and its headers. */
export function mailPage(mail: Mail): Html {
  return html`<p class="small"><a href="/mail">All mails</a></p>
    <h1>${mail.subject || '(no subject)'}</h1>
    <section class="card">
      <dl class="facts">
        <div>
          <dt>From</dt>
          <dd>${mail.from}</dd>
        </div>
        <div>
          <dt>To</dt>
          <dd>${mail.to.join(', ')}</dd>
        </div>
        <div>
          <dt>Arrived (real time, UTC)</dt>
          <dd>${showTime(mail.at)}</dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd>${showSize(mail.sizeBytes)}</dd>
        </div>
        ${
          mail.attachments.length === 0
            ? ''
            : html`<div>
                <dt>Attachments</dt>
                <dd>
                  ${mail.attachments
                    .map(({ name, type, sizeBytes }) => `${name} (${type}, ${showSize(sizeBytes)})`)
                    .join(', ')}
                </dd>
              </div>`
        }
      </dl>
    </section>
    ${
      mail.html === null
        ? ''
        : html`<section class="card">
            <h2>As a mail program shows it</h2>
            <iframe
              class="paper"
              title="The mail"
              sandbox="allow-popups allow-popups-to-escape-sandbox"
              src="/mail/${mail.id}/html"
            ></iframe>
          </section>`
    }
    <section class="card">
      <h2>Text</h2>
      ${
        mail.text === null
          ? html`<p class="quiet">The mail has no text part.</p>`
          : html`<pre tabindex="0" role="region" aria-label="Text of the mail">${mail.text}</pre>`
      }
    </section>
    <section class="card">
      <h2>Headers</h2>
      <pre tabindex="0" role="region" aria-label="Headers of the mail">
${mail.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}</pre>
    </section>`;
}

/**
 * The HTML of a mail for its frame. The policy forbids scripts and everything from elsewhere, and
 * links open a new window, because the frame must not leave the mail.
 */
export function mailDocument(mail: Mail): Response {
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    "form-action 'none'",
    "frame-ancestors 'self'",
    'sandbox allow-popups allow-popups-to-escape-sandbox',
  ];
  return new Response(`<base target="_blank">${mail.html ?? ''}`, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  });
}

import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { z } from 'zod';
import type { statement } from '@landfall/contracts/proof-procedures';

export type Statement = z.output<typeof statement>;

type Line = Statement['lines'][number];

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d5d9e0,#3b4250);--soft:light-dark(#5b6472,#a7b0bf)}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1.5rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .25rem}
p{margin:.25rem 0}.soft,small{color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.75rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal}
thead th{font-weight:600;border-bottom-width:2px}tfoot td{font-weight:600;border-bottom:0}
section{break-inside:avoid}
@media print{:root{color-scheme:light}body{font-size:10pt;margin:0;max-width:none;padding:0}.scroll{overflow:visible}}
@page{size:A4 landscape;margin:15mm}
`;
/** Ours, and not escaped. */
const STYLE_TEXT = raw(STYLE);
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The page has no script and loads nothing. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`;

/** Statements of one month as one page for people, which prints on A4. */
export async function statementPage(statements: readonly Statement[]): Promise<string> {
  const [first] = statements;
  const month = first ? monthName(first.month) : '';
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Usage statement ${month}</title>
        <style>
          ${STYLE_TEXT}
        </style>
      </head>
      <body>
        <main>
          <h1>Usage statement</h1>
          ${
            first
              ? html`<p>${month} (UTC) · ${first.publisherId}</p>
                  ${statements.map(section)}`
              : html`<p>No subscription had usage in this month.</p>`
          }
          <p class="soft">
            <small>
              Used + carried in = included + billed + pending + not billed + carried out +
              remainder. Billed units are those that Microsoft accepted. Microsoft’s invoice is in
              whole cents.
            </small>
          </p>
        </main>
      </body>
    </html>`;
  // The hash of the style needs it unchanged.
  return page
    .toString()
    .replace(/<style>\s+/, '<style>\n')
    .replace(/\s+<\/style>/, '\n</style>');
}

function section(of: Statement) {
  return html`<section>
    <h2>${of.subscriptionId}</h2>
    <p class="soft">
      ${of.offerId}${of.isTest ? ' · test purchase' : ''} ·
      ${of.isFinal ? 'final' : 'not final yet: usage of this month can still arrive or be sent'}
    </p>
    <div class="scroll" role="region" aria-label="Lines of ${of.subscriptionId}" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Plan and dimension</th>
            <th scope="col">Used</th>
            <th scope="col">Carried in</th>
            <th scope="col">Included</th>
            <th scope="col">Billed</th>
            <th scope="col">Pending</th>
            <th scope="col">Not billed</th>
            <th scope="col">Carried out</th>
            <th scope="col">Unit price</th>
            <th scope="col">Amount</th>
          </tr>
        </thead>
        <tbody>
          ${of.lines.map(row)}
        </tbody>
        ${
          of.totals.length > 0
            ? html`<tfoot>
                ${of.totals.map(
                  (total) =>
                    html`<tr>
                      <td colspan="9">Total</td>
                      <td>${money(total.amount, total.currency)}</td>
                    </tr>`,
                )}
              </tfoot>`
            : ''
        }
      </table>
    </div>
    ${of.isPriceMissing ? html`<p>Microsoft has not sent the price of every dimension, so the total is not complete.</p>` : ''}
  </section>`;
}

function row(line: Line) {
  const about = [
    line.planName ?? line.planId,
    line.termUnit,
    line.termStart && `term from ${line.termStart.slice(0, 10)}`,
  ];
  return html`<tr>
    <td>
      ${line.displayName ?? line.dimension}${line.unitOfMeasure ? ` (${line.unitOfMeasure})` : ''}<br />
      <small>${about.filter(Boolean).join(' · ')}</small>
    </td>
    <td>${amount(line.used)}</td>
    <td>${amount(line.carriedIn)}</td>
    <td>${amount(line.included)}</td>
    <td>
      ${amount(line.billed)}${line.overBilled ? html`<br /><small>${amount(line.overBilled)} too many</small>` : ''}
    </td>
    <td>${amount(line.pending)}</td>
    <td>${amount(line.notBilled)}</td>
    <td>${amount(line.carriedOut)}</td>
    <td>${line.unitPrice === undefined ? '–' : price(line.unitPrice, line.currency)}</td>
    <td>${line.amount === undefined ? '–' : money(line.amount, line.currency)}</td>
  </tr>`;
}

/** Enough for any price of a unit and any quantity: nothing is rounded away. */
const EXACT = { maximumFractionDigits: 12 } as const;
const quantities = new Intl.NumberFormat('en', EXACT);

function amount(text: string): string {
  return quantities.format(text as `${number}`);
}

function money(text: string, currency: string | undefined): string {
  return formatted(text, currency, {});
}

function price(text: string, currency: string | undefined): string {
  return formatted(text, currency, EXACT);
}

/** Decimal text is formatted exactly. A currency that is not known stays a word. */
function formatted(
  text: string,
  currency: string | undefined,
  options: Intl.NumberFormatOptions,
): string {
  const style =
    currency && /^[A-Z]{3}$/.test(currency) ? ({ style: 'currency', currency } as const) : {};
  const minimum = { minimumFractionDigits: 2, ...options };
  return new Intl.NumberFormat('en', { ...minimum, ...style }).format(text as `${number}`);
}

function monthName(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString('en', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

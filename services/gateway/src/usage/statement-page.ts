import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { z } from 'zod';
import type { statement } from '@landfall/contracts/proof-procedures';
import { decimal } from '@landfall/domain/decimal';
import { totalsOf } from '@landfall/domain/statement';

export type Statement = z.output<typeof statement>;

type Line = Statement['lines'][number];

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d5d9e0,#3b4250);--soft:light-dark(#5b6472,#a7b0bf)}
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1.5rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0}.soft,small{color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.75rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .6rem;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal;min-width:10rem}
thead th{font-weight:600;border-bottom-width:2px}tfoot td{font-weight:600;border-bottom:0}
section{break-inside:avoid}
@media print{:root{color-scheme:light}body{font-size:10pt;margin:0;max-width:none;padding:0}.scroll{overflow:visible}thead th{white-space:normal}}
@page{size:A4 landscape;margin:15mm}
`;
/** Fixed text of our own, so it is not escaped. */
const STYLE_TEXT = raw(STYLE);
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The page has no script and loads nothing. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'`;

/** Statements of one month as an HTML page, which prints on A4. */
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
                  ${statements.map(section)} ${statements.length > 1 ? grandTotal(statements) : ''}`
              : html`<p>No subscription had usage in this month.</p>`
          }
          <p class="soft">
            <small>
              Used + carried in = included + billed + pending + not billed + carried out +
              remainder. Columns without units are left out. Billed units are those that Microsoft
              accepted. An amount is billed units times unit price, without fractions of a cent.
              Microsoft’s invoice decides.
            </small>
          </p>
        </main>
      </body>
    </html>`;
  // The policy has a hash of the style, so its text must be unchanged.
  return page
    .toString()
    .replace(/<style>\s+/, '<style>\n')
    .replace(/\s+<\/style>/, '\n</style>');
}

function section(of: Statement) {
  return html`<section>
    <h2>Subscription ${of.subscriptionId}</h2>
    <p class="soft">
      ${of.offerId}${of.isTest ? ' · test purchase' : ''} ·
      ${of.isFinal ? 'final' : 'not final: usage of this month can still be reported or billed'}
    </p>
    ${of.lines.length === 0 ? html`<p>No usage in this month.</p>` : table(of)}
    ${of.isPriceMissing ? html`<p>Microsoft has not sent the price of every dimension, so the total is incomplete.</p>` : ''}
  </section>`;
}

function table(of: Statement) {
  const shown = COLUMNS.filter(
    ({ units, isOptional }) => !isOptional || of.lines.some((line) => Number(line[units]) !== 0),
  );
  return html`<div
    class="scroll"
    role="region"
    aria-label="Lines of ${of.subscriptionId}"
    tabindex="0"
  >
    <table>
      <thead>
        <tr>
          <th scope="col">Plan and dimension</th>
          ${shown.map(({ name }) => html`<th scope="col">${name}</th>`)}
          <th scope="col">Unit price</th>
          <th scope="col">Amount</th>
        </tr>
      </thead>
      <tbody>
        ${of.lines.map((line) => row(line, shown))}
      </tbody>
      ${
        of.totals.length > 0
          ? html`<tfoot>
              ${of.totals.map(
                (total) =>
                  html`<tr>
                    <td colspan="${shown.length + 2}">Total</td>
                    <td>${money(total.amount, total.currency)}</td>
                  </tr>`,
              )}
            </tfoot>`
          : ''
      }
    </table>
  </div>`;
}

/** The sums of all subscriptions. */
function grandTotal(statements: readonly Statement[]) {
  const totals = totalsOf(
    statements.flatMap((one) =>
      one.totals.map(({ currency, amount }) => ({ currency, amount: decimal(amount) })),
    ),
  );
  return html`<section>
    <h2>All ${statements.length} subscriptions</h2>
    ${totals.map((total) => html`<p>Total ${money(total.amount.toFixed(), total.currency)}</p>`)}
    ${statements.some((one) => one.isPriceMissing) ? html`<p>Microsoft has not sent the price of every dimension, so the total is incomplete.</p>` : ''}
  </section>`;
}

/** The columns of the balance, in its order. Optional ones are shown only if they have units. */
const COLUMNS = [
  { units: 'used', name: 'Used', isOptional: false },
  { units: 'carriedIn', name: 'Carried in', isOptional: true },
  { units: 'included', name: 'Included', isOptional: false },
  { units: 'billed', name: 'Billed', isOptional: false },
  { units: 'pending', name: 'Pending', isOptional: true },
  { units: 'notBilled', name: 'Not billed', isOptional: true },
  { units: 'carriedOut', name: 'Carried out', isOptional: true },
  { units: 'remainder', name: 'Remainder', isOptional: true },
] as const;

const TERMS: ReadonlyMap<string, string> = new Map([
  ['P1M', 'one month'],
  ['P1Y', 'one year'],
  ['P2Y', 'two years'],
  ['P3Y', 'three years'],
]);

function row(line: Line, shown: readonly (typeof COLUMNS)[number][]) {
  const about = [
    line.planName ?? line.planId,
    TERMS.get(line.termUnit ?? '') ?? line.termUnit,
    line.termStart && `term from ${line.termStart.slice(0, 10)}`,
  ];
  return html`<tr>
    <td>
      ${line.displayName ?? line.dimension}${line.unitOfMeasure ? ` (${line.unitOfMeasure})` : ''}<br />
      <small>${about.filter(Boolean).join(' · ')}</small>
    </td>
    ${shown.map(
      ({ units }) =>
        html`<td>
          ${amount(line[units])}${units === 'billed' && line.overBilled ? html`<br /><small>${amount(line.overBilled)} too many</small>` : ''}
        </td>`,
    )}
    <td>${line.unitPrice === undefined ? '–' : price(line.unitPrice, line.currency)}</td>
    <td>${line.amount === undefined ? '–' : money(line.amount, line.currency)}</td>
  </tr>`;
}

/** Enough decimals for any unit price and any quantity, so nothing is rounded. */
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

/** Formats decimal text exactly. Without a valid currency code, no currency is shown. */
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

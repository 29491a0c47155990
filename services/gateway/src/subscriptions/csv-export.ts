import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { stringify } from 'csv-stringify/sync';
import type { z } from 'zod';
import type { Call } from '@landfall/contracts/procedures';
import { subscriptionProcedures } from '@landfall/contracts/subscription-procedures';
import type { SubscriptionView } from '@landfall/contracts/subscription-view';
import { inputFromUrl } from '../rest/read-input.ts';
import { parameterProblem, sendProblem } from '../rest/problem.ts';
import type { RestRequest } from '../rest/rest-request.ts';
import { inTurn } from '../usage/usage-route.ts';

/** The largest page of `subscriptions.list`. */
const PAGE_SIZE = 200;
/** A reader that takes nothing for this long is cut, so that it does not keep a connection and a page in memory. */
const STALL_MS = 30_000;

const { input: listInput, output: listOutput } = subscriptionProcedures.subscriptions.list;
type Page = z.output<typeof listOutput>;

/** The columns, without the addresses and object ids of people. */
const columns: Readonly<Record<string, (of: SubscriptionView) => unknown>> = {
  id: ({ id }) => id,
  name: ({ name }) => name,
  publisherId: ({ publisherId }) => publisherId,
  offerId: ({ offerId }) => offerId,
  planId: ({ planId }) => planId,
  quantity: ({ quantity }) => quantity,
  status: ({ status }) => status,
  activation: ({ activation }) => activation.state,
  termStart: ({ term }) => term.startDate,
  termEnd: ({ term }) => term.endDate,
  termUnit: ({ term }) => term.termUnit,
  autoRenew: ({ autoRenew }) => autoRenew,
  isFreeTrial: ({ isFreeTrial }) => isFreeTrial,
  isTestPurchase: ({ isTestPurchase }) => isTestPurchase,
  channel: ({ channel }) => channel,
  beneficiaryTenantId: ({ beneficiary }) => beneficiary.tenantId,
  purchaserTenantId: ({ purchaser }) => purchaser.tenantId,
  createdAt: ({ createdAt }) => createdAt,
  updatedAt: ({ updatedAt }) => updatedAt,
};

/** `GET /v1/subscriptions.csv` with the filters and the order of `subscriptions.list`: all matching subscriptions. */
export const subscriptionForms: Readonly<
  Record<string, ((request: RestRequest) => Promise<void>) | undefined>
> = { 'GET /v1/subscriptions.csv': sendSubscriptions };

async function sendSubscriptions({ parts, res, query, call, again }: RestRequest): Promise<void> {
  const { limit: _, cursor: __, withTotal: ___, ...filters } = listInput.shape;
  const known = Object.fromEntries(Object.keys(filters).map((name) => [name, 'any' as const]));
  const problem = parameterProblem(query, known);
  if (problem) return sendProblem(res, problem);
  const given = inputFromUrl(listInput, { query, inPath: {} });
  if ('problem' in given) return sendProblem(res, given.problem);
  const read = (by: Call, cursor?: string): Promise<Page> =>
    parts.router
      .createCaller(by, { onError: parts.onError })
      .subscriptions.list({ ...given.input, limit: PAGE_SIZE, cursor });

  // A refusal comes with the first page, and has its own status.
  let page = await read(call);
  res.writeHead(200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="subscriptions.csv"',
    'cache-control': 'no-store',
  });
  try {
    await write(res, stringify([Object.keys(columns)]));
    for (;;) {
      await write(res, rowsOf(page));
      const { nextCursor } = page;
      if (nextCursor === undefined) break;
      // Each page is a call of its own: it counts, and a key that was revoked meanwhile ends the file.
      page = await inTurn(async () => read(await again(), nextCursor));
    }
    res.end();
  } catch {
    // The status is sent. A broken connection shows the reader that the file is not complete.
    res.destroy();
  }
}

/** Spreadsheets run a cell that begins with = + - or @ as a formula, so such cells are escaped. */
function rowsOf({ items }: Page): string {
  const rows = items.map((item) => Object.values(columns).map((cell) => cell(item)));
  return stringify(rows, { escape_formulas: true, cast: { boolean: String } });
}

async function write(res: ServerResponse, text: string): Promise<void> {
  if (res.destroyed) throw new Error('the reader has disconnected');
  if (text === '' || res.write(text)) return;
  const over = new AbortController();
  const gone = (): void => over.abort();
  res.once('close', gone);
  try {
    const stalled = AbortSignal.timeout(STALL_MS);
    await once(res, 'drain', { signal: AbortSignal.any([over.signal, stalled]) });
  } finally {
    res.off('close', gone);
  }
}

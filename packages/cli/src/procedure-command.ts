import { Command } from 'commander';
import { kebab, type Procedure } from './catalogue.ts';
import { exitCodes, QuietEnd, usageError } from './failure.ts';
import { addFields, inputOf } from './fields.ts';
import { printList, printRecord } from './output/print.ts';
import { recordLines } from './output/record.ts';
import { addGlobalOptions, globalsOf, openApi, type Session } from './session.ts';
import type { CallOptions } from './transport.ts';

/** The largest page of the API. */
const LARGEST_PAGE = 200;

interface ListAnswer {
  readonly items: readonly object[];
  readonly nextCursor?: string;
  /** Only if it was asked for. */
  readonly total?: number;
}

/** The command of one call of the API, such as `landfall subscriptions get <subscription-id>`. */
export function procedureCommand(name: string, procedure: Procedure, session: Session): Command {
  const command = new Command(kebab(name.slice(name.indexOf('.') + 1)))
    .summary(procedure.summary)
    .description(procedure.summary);
  addFields(command, procedure);
  if (procedure.isList) command.option('--all', 'Reads every page.');
  if (dryRunOf(procedure)) {
    command.option('--dry-run', 'Only says what would happen. Nothing changes.');
  }
  if (isConfirmed(procedure)) command.option('--yes', 'Does not ask for confirmation.');
  if (procedure.kind === 'command') {
    command.option(
      '--idempotency-key <key>',
      'A command that is repeated with this key is carried out once.',
    );
  }
  addGlobalOptions(command);
  return command.action(async () => {
    await run(name, procedure, { command, session });
  });
}

async function run(
  name: string,
  procedure: Procedure,
  { command, session }: { readonly command: Command; readonly session: Session },
): Promise<void> {
  const globals = globalsOf(command);
  const options = command.opts<Record<string, unknown>>();
  const { terminal } = session;
  const given = { args: command.args, options, publisherId: globals.publisher };
  const input = await inputOf(procedure, given, terminal);
  const api = openApi(session, globals);
  const call = (changed: object = {}) =>
    api.call(procedure, { ...input, ...changed }, callOptions(options));
  if (procedure.isList) {
    const pages = pagesOf(call, options['all'] === true, {
      onTotal: (total) => terminal.note(totalText(total)),
      onMore: (cursor) => terminal.note(`There is more. Add --all, or --cursor ${cursor}`),
    });
    const list = { name, fields: procedure.columns };
    return await printList(pages, list, { form: globals, terminal });
  }
  if (options['dryRun'] === true)
    return await printRecord(await call({ dryRun: true }), globals, terminal);
  if (isConfirmed(procedure) && options['yes'] !== true)
    await confirm(name, { procedure, call, session });
  const answer = await call(dryRunOf(procedure) ? { dryRun: false } : {});
  await printRecord(answer, globals, terminal);
}

function callOptions(options: Readonly<Record<string, unknown>>): CallOptions {
  const { idempotencyKey } = options;
  return typeof idempotencyKey === 'string' ? { idempotencyKey } : {};
}

async function* pagesOf(
  call: (changed: object) => Promise<unknown>,
  isAll: boolean,
  {
    onTotal,
    onMore,
  }: {
    readonly onTotal: (total: number) => void;
    readonly onMore: (cursor: string) => void;
  },
): AsyncGenerator<readonly object[]> {
  let cursor: string | undefined;
  for (;;) {
    const from = { ...(cursor !== undefined && { cursor }), ...(isAll && { limit: LARGEST_PAGE }) };
    const answer = (await call(from)) as ListAnswer;
    if (answer.total !== undefined && cursor === undefined) onTotal(answer.total);
    yield answer.items;
    cursor = answer.nextCursor;
    if (cursor === undefined) return;
    if (!isAll) return onMore(cursor);
  }
}

/** The API counts no further than this. */
const MOST_COUNTED = 10_000;

function totalText(total: number): string {
  return total < MOST_COUNTED ? `${total} match.` : `${MOST_COUNTED} or more match.`;
}

function dryRunOf({ fields }: Procedure) {
  return fields.find(({ name }) => name === 'dryRun');
}

/** Commands that remove something, and those for which the API sets `dryRun` by default. */
function isConfirmed(procedure: Procedure): boolean {
  return procedure.isDestructive === true || dryRunOf(procedure)?.preset === true;
}

/** Shows what would happen, and asks. Without a terminal, `--yes` is needed. */
async function confirm(
  name: string,
  {
    procedure,
    call,
    session,
  }: {
    readonly procedure: Procedure;
    readonly call: (changed: object) => Promise<unknown>;
    readonly session: Session;
  },
): Promise<void> {
  const { terminal } = session;
  if (!terminal.canAsk) {
    throw usageError(
      'This needs a confirmation.',
      'Add --yes to do it, or --dry-run to see what would happen.',
    );
  }
  if (dryRunOf(procedure)) {
    terminal.note(terminal.style('bold', 'This would happen:'));
    const preview = await call({ dryRun: true });
    const lines = recordLines(preview as object, terminal);
    for (const line of lines) terminal.note(`  ${line}`);
  }
  const answer = await terminal.ask(`Run ${name}? [y/N] `);
  if (/^y(es)?$/i.test(answer)) return;
  terminal.note('Nothing was changed.');
  throw new QuietEnd(exitCodes.refused);
}

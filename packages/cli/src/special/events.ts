import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { exitCodes, Failure } from '../failure.ts';
import { localTime } from '../output/values.ts';
import { addGlobalOptions, callApi, globalsOf, openApi, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import type { Api } from '../transport.ts';
import {
  forwardEvent,
  isAccepted,
  type Attempt,
  type ForwardedEvent,
  type TakenEvent,
} from './forward.ts';
import { followEvents } from './live-stream.ts';

/** The API's longest wait for an event. */
const WAIT_MS = 8_000;
/** Until the gateway is asked again after it did not answer. */
const RETRY_MS = 2_000;

/** `events listen` and `events tail`. */
export function eventsCommand(session: Session): Command {
  return new Command('events')
    .summary('listen, tail')
    .description('Events on this machine.')
    .addCommand(listen(session))
    .addCommand(tail(session));
}

function listen(session: Session): Command {
  const command = new Command('listen')
    .summary('Forwards product events to a URL, signed as a destination gets them.')
    .description(
      'Takes product events from Landfall and posts them to a URL, such as your product on this machine, signed as a destination gets them. Ctrl-C ends it.',
    )
    .requiredOption('--forward-to <url>', 'Where to post the events.')
    .option('--types <type...>', 'Only these types, such as subscription.planChanged.')
    .option('--offers <id...>', 'Only events of these offers.');
  addGlobalOptions(command);
  return command.action(async () => {
    const { forwardTo, types, offers } = command.opts<{
      forwardTo: string;
      types?: string[];
      offers?: string[];
    }>();
    const globals = globalsOf(command);
    const isJson = globals.json === true || globals.jsonl === true;
    const api = openApi(session, globals);
    const input = {
      label: `command line on ${hostname()}`.slice(0, 100),
      ...(types && { types }),
      ...(offers && { offerIds: offers }),
      ...(globals.publisher !== undefined && { publisherId: globals.publisher }),
    };
    const { listenerId, secret } = (await callApi(session, api, {
      name: 'listeners.open',
      input,
    })) as { listenerId: string; secret: string };
    const { terminal } = session;
    const isReady = isJson
      ? JSON.stringify({ listenerId, secret, forwardTo })
      : `Signing secret: ${secret}\nForwarding events to ${forwardTo}. Ctrl-C ends it.`;
    if (isJson) await terminal.print(isReady);
    else terminal.note(isReady);
    using ctrlC = onCtrlC();
    try {
      const taking = { session, api, listenerId, signal: ctrlC.signal };
      for await (const taken of takenEvents(taking)) {
        const to = { url: forwardTo, secret, signal: ctrlC.signal };
        for await (const attempt of forwardEvent(taken, to)) {
          await terminal.print(
            isJson ? JSON.stringify(lineOf(attempt)) : textOf(attempt, terminal),
          );
        }
      }
    } catch (error) {
      if (!ctrlC.signal.aborted) throw error;
    } finally {
      await callApi(session, api, { name: 'listeners.close', input: { listenerId } }).catch(() => {
        terminal.note('The listener could not be closed. It ends by itself in ten minutes.');
      });
    }
  });
}

interface Taking {
  readonly session: Session;
  readonly api: Api;
  readonly listenerId: string;
  readonly signal: AbortSignal;
}

/** Events in their order. One counts as done when the next ones are taken, so none is lost if the program ends. */
async function* takenEvents({
  session,
  api,
  listenerId,
  signal,
}: Taking): AsyncGenerator<TakenEvent> {
  let after: string | undefined;
  while (!signal.aborted) {
    const input = { listenerId, waitMs: WAIT_MS, ...(after !== undefined && { after }) };
    try {
      const answer = (await callApi(session, api, { name: 'listeners.take', input, signal })) as {
        events: readonly ForwardedEvent[];
        bodies: readonly string[];
        next?: string;
      };
      for (const [index, event] of answer.events.entries()) {
        yield { event, body: answer.bodies[index] ?? '' };
      }
      after = answer.next ?? after;
    } catch (error) {
      const isAway = error instanceof Failure && error.details.exitCode === exitCodes.unreachable;
      if (!isAway || signal.aborted) throw error;
      session.terminal.note(`${error.message} Trying again.`);
      await wait(RETRY_MS, undefined, { signal });
    }
  }
}

function lineOf({ event, ...attempt }: Attempt): object {
  return {
    at: new Date().toISOString(),
    id: event.id,
    type: event.type,
    subscriptionId: idOf(event),
    ...attempt,
  };
}

function idOf({ subscription, usage }: ForwardedEvent): string | undefined {
  return subscription?.id ?? usage?.subscriptionId;
}

function textOf(attempt: Attempt, terminal: Terminal): string {
  const { event, status, failure = '', durationMs, nextInMs } = attempt;
  const outcome = status === undefined ? failure : String(status);
  const shown = terminal.style(isAccepted(attempt) ? 'green' : 'red', outcome);
  const again = nextInMs === undefined ? '' : `, again in ${nextInMs / 1000} s`;
  const end = isAccepted(attempt) || nextInMs !== undefined ? '' : ', given up';
  const time = localTime(new Date().toISOString());
  return `${time}  ${event.type}  ${idOf(event) ?? '–'}  ${shown} (${durationMs} ms${again}${end})`;
}

function tail(session: Session): Command {
  const command = new Command('tail')
    .summary('Prints what happens, live.')
    .description('Prints what happens in Landfall as it happens. Ctrl-C ends it.')
    .option('--types <type...>', 'Only these types, or their beginnings.')
    .option('--subscription <id>', 'Only this subscription.')
    .option('--after <id>', 'Continues after this event.');
  addGlobalOptions(command);
  return command.action(async () => {
    const { types, subscription, after } = command.opts<{
      types?: string[];
      subscription?: string;
      after?: string;
    }>();
    const globals = globalsOf(command);
    const api = openApi(session, globals);
    const { terminal } = session;
    using ctrlC = onCtrlC();
    const filter = { types, subscriptionId: subscription, publisherId: globals.publisher };
    const note = (text: string) => terminal.note(text);
    try {
      for await (const event of followEvents(api, { filter, after, signal: ctrlC.signal, note })) {
        const { id, type, occurredAt, subscriptionId = '–', publisherId = '' } = event;
        const text = `${localTime(occurredAt)}  ${type}  ${subscriptionId}  ${publisherId}`;
        const isJson = globals.json === true || globals.jsonl === true;
        await terminal.print(isJson ? JSON.stringify({ ...event, id }) : text.trimEnd());
      }
    } catch (error) {
      if (!ctrlC.signal.aborted) throw error;
    }
  });
}

/**
 * Ctrl-C and SIGTERM abort the signal, so that a command that runs until it is stopped can close what it opened. A second
 * one ends the program at once.
 */
function onCtrlC(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}

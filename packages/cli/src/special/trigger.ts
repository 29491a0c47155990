import { Command, Option } from 'commander';
import { exitCodes, Failure, usageError } from '../failure.ts';
import { readBody, sendHttp } from '../http.ts';
import { findLocalStack, isLoopback } from '../local-stack.ts';
import { printRecord } from '../output/print.ts';
import { addGlobalOptions, globalsOf, type Session } from '../session.ts';

/** Events of the marketplace, and the emulator's path for each. */
const EVENTS = {
  purchase: 'A customer buys a plan. Prints the landing page that Microsoft would open.',
  changePlan: 'The customer chooses another plan: --plan.',
  changeQuantity: 'The customer changes the seats: --quantity.',
  suspend: 'A payment fails.',
  reinstate: 'The payment succeeds.',
  renew: 'The next term begins.',
  unsubscribe: 'The subscription ends.',
} as const;

type EventName = keyof typeof EVENTS;

const PATHS: Readonly<Record<Exclude<EventName, 'purchase'>, string>> = {
  changePlan: 'change-plan',
  changeQuantity: 'change-quantity',
  suspend: 'suspend',
  reinstate: 'reinstate',
  renew: 'renew',
  unsubscribe: 'cancel',
};

interface TriggerOptions {
  readonly emulator?: string;
  readonly subscription?: string;
  readonly offer?: string;
  readonly plan?: string;
  readonly quantity?: number;
  readonly beneficiary?: string;
}

/** `trigger <event>`: makes something happen at the marketplace emulator, as a customer or Microsoft would. */
export function triggerCommand(session: Session): Command {
  const list = Object.entries(EVENTS).map(([name, about]) => `  ${name.padEnd(15)} ${about}`);
  const command = new Command('trigger')
    .summary('Makes something happen at the marketplace emulator.')
    .description('Makes something happen at the marketplace emulator of a local stack.')
    .addHelpText('after', `\nEvents:\n${list.join('\n')}`)
    .argument('<event>', `One of: ${Object.keys(EVENTS).join(', ')}.`)
    .option('--subscription <id>', 'Default: the newest active one.')
    .option('--offer <id>', 'For purchase. Default: the first offer.')
    .option('--plan <id>', 'For purchase and changePlan.')
    .addOption(
      new Option('--quantity <number>', 'For purchase and changeQuantity.').argParser(Number),
    )
    .option('--beneficiary <email>', 'For purchase. Default: the first test person.')
    .option('--emulator <url>', 'Default: the emulator of the local stack.');
  addGlobalOptions(command);
  return command.action(async (name: string) => {
    if (!(name in EVENTS)) {
      throw usageError(
        `There is no event ${name}.`,
        `Choose one of: ${Object.keys(EVENTS).join(', ')}.`,
      );
    }
    const options = command.opts<TriggerOptions>();
    const emulator = createEmulator(emulatorUrl(session, options.emulator));
    const answer =
      name === 'purchase'
        ? await purchase(emulator, options)
        : await happen(session, emulator, { name: name as keyof typeof PATHS, options });
    await printRecord(answer, globalsOf(command), session.terminal);
  });
}

function emulatorUrl({ surroundings }: Session, given: string | undefined): string {
  const url = given ?? findLocalStack(surroundings)?.emulatorUrl;
  if (url === undefined) {
    throw usageError(
      'No marketplace emulator runs for this folder.',
      'Run npm start in the checkout of Landfall, or give --emulator.',
    );
  }
  if (!isLoopback(url)) throw usageError('--emulator must be on this machine.');
  return url.replace(/\/$/, '');
}

type Emulator = (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>;

function createEmulator(url: string): Emulator {
  return async (method, path, body) => {
    const response = await sendHttp(`${url}/_emulator${path}`, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    }).catch(() => {
      throw new Failure({
        exitCode: exitCodes.unreachable,
        code: 'emulator.unreachable',
        message: `The emulator at ${url} does not answer.`,
      });
    });
    const answer = JSON.parse(await readBody(response)) as {
      error?: { code: string; message: string };
    };
    if (response.status < 300) return answer;
    const { code = 'refused', message = `It answered ${response.status}.` } = answer.error ?? {};
    throw new Failure({ exitCode: exitCodes.refused, code: `emulator.${code}`, message });
  };
}

interface Offer {
  readonly offerId: string;
  readonly plans: readonly { readonly planId: string; readonly seats?: { readonly min: number } }[];
}

async function purchase(emulator: Emulator, options: TriggerOptions): Promise<unknown> {
  const offers = (await emulator('GET', '/offers')) as readonly Offer[];
  const { people } = (await emulator('GET', '/identities')) as {
    people: readonly { email: string }[];
  };
  const offer = offers.find(({ offerId }) => offerId === (options.offer ?? offerId));
  const plan = offer?.plans.find(({ planId }) => planId === (options.plan ?? planId));
  if (!offer || !plan) {
    const known = offers.map(
      (one) => `${one.offerId} (${one.plans.map((p) => p.planId).join(', ')})`,
    );
    throw usageError(
      'There is no such offer or plan.',
      `The marketplace sells: ${known.join('; ')}.`,
    );
  }
  const quantity = options.quantity ?? plan.seats?.min;
  return await emulator('POST', '/purchases', {
    offerId: offer.offerId,
    planId: plan.planId,
    beneficiary: options.beneficiary ?? people[0]?.email,
    ...(quantity !== undefined && { quantity }),
  });
}

async function happen(
  { terminal }: Session,
  emulator: Emulator,
  { name, options }: { readonly name: keyof typeof PATHS; readonly options: TriggerOptions },
): Promise<unknown> {
  let subscriptionId = options.subscription;
  if (subscriptionId === undefined) {
    const { id, offerId, planId } = await newest(emulator);
    subscriptionId = id;
    // The plans to choose from are those of its offer.
    terminal.note(`Using the newest active subscription: ${id}, ${offerId}/${planId}.`);
  }
  const body =
    name === 'changePlan'
      ? { planId: needed(options.plan, '--plan') }
      : name === 'changeQuantity'
        ? { quantity: needed(options.quantity, '--quantity') }
        : {};
  const started = await emulator('POST', `/subscriptions/${subscriptionId}/${PATHS[name]}`, body);
  return { subscriptionId, ...(started as object) };
}

function needed<Value>(value: Value | undefined, option: string): Value {
  if (value === undefined) throw usageError(`Missing: ${option}.`);
  return value;
}

interface Bought {
  readonly id: string;
  readonly offerId: string;
  readonly planId: string;
  readonly status: string;
  readonly createdAt: string;
}

async function newest(emulator: Emulator): Promise<Bought> {
  const { subscriptions } = (await emulator('GET', '/state')) as {
    subscriptions: readonly Bought[];
  };
  const live = subscriptions.filter(({ status }) => /^(Subscribed|Suspended)$/.test(status));
  const [found] = live.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
  if (!found)
    throw usageError('There is no active subscription.', 'Run: landfall trigger purchase');
  return found;
}

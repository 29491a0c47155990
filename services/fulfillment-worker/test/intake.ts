import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { procedureClient } from '@landfall/service-kit/rpc/nats';
import { notificationReceivedFact } from '@landfall/contracts/subjects';
import { needsDecision } from '@landfall/domain/operation';
import { decodeNotification } from '@landfall/marketplace/notification';
import type { Bus } from '@landfall/service-kit/bus';

type Client = ReturnType<typeof procedureClient<'fulfillment-worker'>>;

export interface Notice {
  readonly subscriptionId: string;
  readonly operationId?: string | undefined;
  readonly action: string;
  readonly receivedAt?: string;
  readonly publisherId?: string | undefined;
}

/**
 * Stands for the webhook in these tests: it asks for a decision and publishes each delivery as a separate
 * notification, which is more repetition than the worker ever gets.
 */
export interface Intake extends AsyncDisposable {
  readonly url: string;
  readonly deliveries: readonly Notice[];
  /** False: changes are answered 200 without asking, as if the decision came too late. */
  isDeciding: boolean;
  /** The workers' clock, because services side by side share one. */
  now: () => Date;
  /** The publisher of the called webhook, by the token's audience; absent: no particular one. */
  publisherOf?: (audience: string) => string | undefined;
  publish(notice: Notice): Promise<void>;
}

export async function openIntake(bus: Bus, client: Client): Promise<Intake> {
  const deliveries: Notice[] = [];
  const publish = async (notice: Notice) => {
    const id = randomUUID();
    await bus.publish(
      notificationReceivedFact,
      {
        notifications: [{ notificationId: id, receivedAt: intake.now().toISOString(), ...notice }],
      },
      { messageId: id, correlationId: id, occurredAt: intake.now() },
    );
  };
  const receive = async (request: IncomingMessage): Promise<number> => {
    const body = decodeNotification(JSON.parse(await textOf(request)));
    const { subscriptionId, operationId, action } = body;
    if (subscriptionId === undefined) return 200;
    const publisherId = intake.publisherOf?.(audienceOf(request));
    const notice = { subscriptionId, operationId, action: action ?? '', publisherId };
    deliveries.push(notice);
    if (!intake.isDeciding || !needsDecision(notice.action)) {
      await publish(notice);
      return 200;
    }
    const { answer } = await client.decisions.decide.mutate({
      ...notice,
      notificationId: randomUUID(),
      receivedAt: intake.now().toISOString(),
    });
    await publish(notice);
    return answer === 'refuse' ? 400 : 200;
  };
  const server = createServer((request, response) => {
    receive(request).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const intake: Intake = {
    url: `http://127.0.0.1:${port}/webhook`,
    deliveries,
    isDeciding: true,
    now: () => new Date(),
    publish,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return intake;
}

/** Reads the audience without verification: these tests begin after the webhook. */
function audienceOf({ headers }: IncomingMessage): string {
  const [, claims = ''] = (headers.authorization ?? '').split('.');
  return String((JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud?: string }).aud);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

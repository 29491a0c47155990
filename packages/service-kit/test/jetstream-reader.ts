import { connect, type NatsConnection } from 'nats';

export interface ReadMessage {
  readonly subject: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Reads everything in a stream without our own bus, so that a test sees what is really stored. */
export async function jetstreamReader(
  url: string,
  stream: string,
): Promise<{ messages: readonly ReadMessage[] } & AsyncDisposable> {
  const connection = await connectForTest(url);
  const manager = await connection.jetstreamManager();
  await manager.streams.info(stream).catch(() => manager.streams.add({ name: stream }));
  const consumer = await connection.jetstream().consumers.get(stream, {});
  const iterator = await consumer.consume();
  const messages: ReadMessage[] = [];
  const reading = (async () => {
    for await (const message of iterator) {
      messages.push({
        subject: message.subject,
        headers: Object.fromEntries(
          (message.headers?.keys() ?? []).map((name) => [name, message.headers?.get(name) ?? '']),
        ),
        body: message.string(),
      });
    }
  })();
  return {
    messages,
    async [Symbol.asyncDispose]() {
      await iterator.close();
      await reading;
      await connection.close();
    },
  };
}

/** A connection for the test, separate from the bus. */
export function connectForTest(url: string): Promise<NatsConnection> {
  const servers = url.split(',').map((one) => new URL(one));
  const { username = '', password = '' } = servers[0] ?? {};
  return connect({
    servers: servers.map(({ host }) => host),
    ...(password ? { user: username, pass: password } : username ? { token: username } : {}),
  });
}

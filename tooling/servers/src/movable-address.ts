import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** An address on this machine that leads to a server, as a host name or a load balancer does. */
export type MovableAddress = AsyncDisposable & {
  /** The given URL with this address. */
  at(url: string): string;
  /** New connections lead to this port. Open ones stay where they are. */
  moveTo(port: number): void;
};

export async function openMovableAddress(port: number): Promise<MovableAddress> {
  let target = port;
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ port: target, host: '127.0.0.1' });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    at(url) {
      const moved = new URL(url);
      moved.host = `127.0.0.1:${own}`;
      return moved.href;
    },
    moveTo: (next) => {
      target = next;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

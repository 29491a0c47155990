import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A proxy that can silence connections, as a firewall or a dead machine does. */
export type SilentProxy = AsyncDisposable & {
  /** The given URL with the proxy's own host and port. */
  readonly url: string;
  /**
   * Stops all traffic on the open connections, in both directions, without FIN or RST. Later connections work.
   * Returns the number of silenced connections. With `ports`, only connections from these ports (as the
   * server sees them) are silenced.
   */
  fallSilent(ports?: readonly number[]): number;
};

export async function startSilentProxy(targetUrl: string): Promise<SilentProxy> {
  const target = new URL(targetUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  const silent = new Set<Socket>();
  // Half-open: a silent connection does not answer when the other side ends it, either.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({
      port: Number(target.port),
      host: target.hostname,
      allowHalfOpen: true,
    });
    const pair = [near, far] as const;
    pairs.add(pair);
    carry(near, far);
    carry(far, near);
  });

  const carry = (from: Socket, to: Socket): void => {
    from.on('data', (bytes) => {
      if (!silent.has(from)) to.write(bytes);
    });
    from.on('end', () => {
      if (!silent.has(from)) to.end();
    });
    from.on('error', () => {});
    from.on('close', () => {
      if (!silent.has(from)) to.destroy();
      for (const pair of pairs) if (pair[0].destroyed && pair[1].destroyed) pairs.delete(pair);
    });
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(targetUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    fallSilent(ports) {
      const isMeant = (far: Socket) => ports?.includes(far.localPort ?? 0) ?? true;
      const chosen = [...pairs].filter(([near, far]) => !silent.has(near) && isMeant(far));
      for (const socket of chosen.flat()) silent.add(socket);
      return chosen.length;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of [...pairs].flat()) socket.destroy();
      await closed;
    },
  };
}

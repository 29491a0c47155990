import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends one request in NATS's text protocol, so that this package needs no client. Returns the
 * answer's payload, or the server's error. Source: docs.nats.io, "Client Protocol".
 */
export async function talk(url: string, subject: string, payload = ''): Promise<string> {
  const { hostname, port, username, password } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  const hear = async (pattern: RegExp) => {
    for (;;) {
      const found = heard.match(pattern)?.[0];
      if (found) return found;
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      heard += chunk.toString('utf8');
    }
  };
  try {
    await hear(/^INFO .*\r\n/);
    const login = { user: username, pass: decodeURIComponent(password) };
    const options = { verbose: false, pedantic: false, ...login };
    socket.write(`CONNECT ${JSON.stringify(options)}\r\nPING\r\n`);
    const welcome = await hear(/PONG\r\n|-ERR .*\r\n/);
    if (welcome.startsWith('-ERR')) return welcome.trim();
    socket.write(`SUB answers 1\r\nPUB ${subject} answers ${Buffer.byteLength(payload)}\r\n`);
    socket.write(`${payload}\r\n`);
    return await hear(/MSG answers 1 \d+\r\n[^]*\r\n/);
  } finally {
    socket.destroy();
  }
}

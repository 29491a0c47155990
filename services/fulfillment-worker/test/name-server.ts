import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const TYPE_A = 1;
const HEADER_BYTES = 12;

export type NameServer = AsyncDisposable & {
  /** The address, in the form of `DESTINATION_NAME_SERVERS`. */
  readonly address: string;
  /** Number of queries so far, for either address family. */
  readonly asked: number;
};

/**
 * A name server for a test. `addressOf` returns the only IPv4 address of every name; without it the server
 * never answers, like one that is lost. Queries for IPv6 are never answered.
 */
export async function openNameServer(addressOf?: () => string): Promise<NameServer> {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (question, sender) => {
    asked += 1;
    if (!addressOf || typeOf(question) !== TYPE_A) return;
    socket.send(answerTo(question, addressOf()), sender.port, sender.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    get asked() {
      return asked;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** RFC 1035, 4.1.2: after the name, which ends with an empty label, come type and class. */
function endOfName(question: Buffer): number {
  let at = HEADER_BYTES;
  while (question[at] !== 0) at += (question[at] ?? 0) + 1;
  return at + 1;
}

function typeOf(question: Buffer): number {
  return question.readUInt16BE(endOfName(question));
}

function answerTo(question: Buffer, address: string): Buffer {
  const end = endOfName(question) + 4;
  const header = Buffer.from(question.subarray(0, HEADER_BYTES));
  // An answer without an error, with one question and one record.
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(1, 6);
  header.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 0x0c, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4]);
  const bytes = Buffer.from(address.split('.').map(Number));
  return Buffer.concat([header, question.subarray(HEADER_BYTES, end), record, bytes]);
}

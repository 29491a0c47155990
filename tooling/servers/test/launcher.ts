import { startNats } from '../src/nats.ts';
import { startPostgres } from '../src/postgres.ts';

const [, , kind, folder = ''] = process.argv;
const server =
  kind === 'nats'
    ? await startNats({ dir: folder })
    : await startPostgres({ dataDir: folder, durable: false });
console.log(JSON.stringify({ url: server.url, pid: server.pid }));

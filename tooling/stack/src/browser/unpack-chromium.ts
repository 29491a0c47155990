import path from 'node:path';
import chromium, { inflate } from '@sparticuz/chromium';

/** Unpacks the archives in the folder given as argument into this process's temporary folder. */
const [archives = ''] = process.argv.slice(2);
await chromium.executablePath(archives);
await inflate(path.join(archives, 'al2023.tar.br'));

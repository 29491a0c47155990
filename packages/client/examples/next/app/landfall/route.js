// In a Next.js application: app/landfall/route.js
import { receive } from '../../../landfall.js';

// Checks signatures with Node's crypto.
export const runtime = 'nodejs';

export const POST = receive;

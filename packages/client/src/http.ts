import type { TRPCClient } from '@trpc/client';
import type { PublicRouter } from '@landfall/contracts/api.ts';

export function createLandfallClient(_options: {
  url: string;
  apiKey: string;
  fetch?: typeof globalThis.fetch;
  timeoutMs?: number;
}): TRPCClient<PublicRouter> {
  throw new Error('being written');
}

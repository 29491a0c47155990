import { Fault } from '@landfall/domain/fault';

/**
 * Waits for `work`, but no longer than `timeoutMs`; then throws a fault with `code` (retry later). The work itself
 * continues, so it must be safe to finish later.
 */
export async function within<T>(timeoutMs: number, code: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Fault(code, `no answer within ${timeoutMs} ms`, { retry: 'later' })),
      Math.max(0, timeoutMs),
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

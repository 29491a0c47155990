import { scopes } from '@landfall/contracts/scopes';
import { Fault } from '@landfall/domain/fault';
import type { Logger } from '@landfall/service-kit/log';
import { hashSecret, hasStrongSecret, parseApiKey } from './api-key.ts';
import { ensureKey } from '../store/keys.ts';
import type { Db } from '../db/schema.ts';

/** Who created the key from the configuration. */
export const START = 'start';

/**
 * Ensures that the operator's first key exists, with every scope and for every publisher. Throws the fault
 * `config.bootstrap-key` (retry never) if the value is not a key or could be guessed.
 */
export async function ensureBootstrapKey(
  deps: { db: Db; log: Logger; now: () => Date },
  text: string,
): Promise<void> {
  const key = parseApiKey(text);
  if (!key || !hasStrongSecret(key)) {
    throw new Fault(
      'config.bootstrap-key',
      'BOOTSTRAP_API_KEY must be lf_<id>_<secret> with at least 32 random characters of secret',
      { retry: 'never' },
    );
  }
  const { isRevoked } = await ensureKey(deps.db, {
    id: key.id,
    label: 'bootstrap',
    secretHash: hashSecret(key.secret),
    scopes,
    publisherId: undefined,
    createdBy: START,
    expiresAt: undefined,
    at: deps.now(),
  });
  if (isRevoked) deps.log.warn({ keyId: key.id }, 'BOOTSTRAP_API_KEY is revoked and stays revoked');
}

import { ownAlertProcedures } from '@landfall/contracts/alert-procedures';
import { procedureTables } from '@landfall/contracts/api';
import { headerNames } from '@landfall/contracts/envelope';
import type { Caller } from '@landfall/contracts/caller';
import type { Procedures } from '@landfall/contracts/procedures';
import { scopes } from '@landfall/contracts/scopes';

interface Transport {
  request(
    subject: string,
    body: string,
    options: {
      headers: Record<string, string>;
      timeoutMs: number;
      signal?: AbortSignal | undefined;
    },
  ): Promise<string>;
}

/** An operator with every scope, for all publishers. */
export const operatorKey: Caller = { kind: 'api-key', keyId: 'operator', scopes: [...scopes] };

/**
 * Sends each call as a permitted caller: public procedures as an operator with every scope,
 * internal ones as a service that they name. For tests about other things.
 */
export function asPermittedCaller(transport: Transport): Transport {
  return {
    request: (subject, body, options) => {
      const caller = JSON.stringify(permittedCaller(subject.split('.').slice(2).join('.')));
      const headers = { ...options.headers, [headerNames.caller]: caller };
      return transport.request(subject, body, { ...options, headers });
    },
  };
}

/** A caller that may call `<namespace>.<name>`. */
export function permittedCaller(path: string): Caller {
  const [namespace = '', name = ''] = path.split('.');
  const tables: readonly Procedures[] = [...Object.values(procedureTables), ownAlertProcedures];
  const spec = tables.map((table) => table[namespace]?.[name]).find((found) => found);
  const [service] = spec?.calledBy ?? [];
  return spec?.scope === 'internal' && service ? { kind: 'service', name: service } : operatorKey;
}

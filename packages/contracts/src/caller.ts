import type { Scope } from './scopes.ts';

/**
 * The caller of a procedure. It travels in a NATS header; for HTTP calls the gateway derives it from the API key or from the
 * session of a person.
 */
export type Caller = ServiceCaller | KeyCaller | OperatorCaller;

export interface ServiceCaller {
  readonly kind: 'service';
  readonly name: string;
}

export interface KeyCaller extends Admitted {
  readonly kind: 'api-key';
  readonly keyId: string;
}

/** A person of the publisher's own organisation, signed in with Microsoft Entra. The ids identify the person. */
export interface OperatorCaller extends Admitted {
  readonly kind: 'operator';
  readonly tenantId: string;
  readonly objectId: string;
}

/** What a caller from outside may do. */
interface Admitted {
  readonly scopes: readonly Scope[];
  /**
   * The publisher that this call is limited to. Absent: all publishers. A person with roles for single publishers acts for one
   * of them at a time.
   */
  readonly publisherId?: string | undefined;
}

/** Stable text for logs, the audit log and limits: `key <id>`, `operator <tenant>/<object>` or `service <name>`. Contains no name. */
export function callerId(caller: Caller): string {
  switch (caller.kind) {
    case 'service':
      return `service ${caller.name}`;
    case 'api-key':
      return `key ${caller.keyId}`;
    case 'operator':
      return `operator ${caller.tenantId}/${caller.objectId}`;
  }
}

import type { Scope } from './scopes.ts';

/** The caller of a procedure. It travels in a NATS header; for HTTP calls the gateway derives it from the API key. */
export type Caller =
  | { readonly kind: 'service'; readonly name: string }
  | {
      readonly kind: 'api-key';
      readonly keyId: string;
      readonly scopes: readonly Scope[];
      /** The publisher that this key is limited to. Absent: all publishers. */
      readonly publisherId?: string | undefined;
    };

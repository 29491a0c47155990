import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

export interface StoredKey {
  readonly kid: string;
  /** Private RSA key. */
  readonly jwk: JWK;
}

/**
 * The number of published keys after a rotation. Tokens that an older key signed stay valid, as at
 * Entra.
 */
const KEYS_PUBLISHED = 3;

/** The authority's signing keys. The first one signs; all are published. */
export class Keyring {
  readonly #keys: StoredKey[];
  readonly #onChange: () => void;
  #signer: { readonly kid: string; readonly key: CryptoKey | Uint8Array } | undefined;
  #verifier: ReturnType<typeof createLocalJWKSet> | undefined;

  /** `keys` is changed in place, because it is part of the state. */
  constructor(keys: StoredKey[], onChange: () => void) {
    this.#keys = keys;
    this.#onChange = onChange;
  }

  /** Adds a key that signs from now on. With `retire`, the older keys are no longer published. */
  async rotate(options: { readonly retire?: boolean | undefined } = {}): Promise<string> {
    const created = await createKey();
    if (options.retire) this.#keys.length = 0;
    this.#keys.unshift(created);
    this.#keys.length = Math.min(this.#keys.length, KEYS_PUBLISHED);
    this.#signer = undefined;
    this.#verifier = undefined;
    this.#onChange();
    return created.kid;
  }

  /** The public keys, as the authority's key endpoints return them. */
  publicKeys(): JWK[] {
    return this.#keys.map(({ kid, jwk }) => ({
      kty: 'RSA',
      use: 'sig',
      alg: 'RS256',
      kid,
      x5t: kid,
      n: jwk.n ?? '',
      e: jwk.e ?? '',
    }));
  }

  async sign(claims: JWTPayload): Promise<string> {
    const signer = (this.#signer ??= await this.#loadSigner());
    return new SignJWT(claims)
      .setProtectedHeader({ typ: 'JWT', alg: 'RS256', x5t: signer.kid, kid: signer.kid })
      .sign(signer.key);
  }

  /**
   * The claims of a token with a valid RS256 signature and lifetime. Throws for any other token.
   */
  async verify(token: string): Promise<JWTPayload> {
    this.#verifier ??= createLocalJWKSet({ keys: this.publicKeys() });
    const { payload } = await jwtVerify(token, this.#verifier, {
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'aud', 'iss'],
    });
    return payload;
  }

  async #loadSigner(): Promise<{ kid: string; key: CryptoKey | Uint8Array }> {
    const [first] = this.#keys;
    if (first === undefined) throw new Error('the keyring has no key');
    return { kid: first.kid, key: await importJWK(first.jwk, 'RS256') };
  }
}

export async function createKey(): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { kid: await calculateJwkThumbprint(jwk), jwk };
}

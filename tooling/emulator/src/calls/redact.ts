/** What the log has in place of a token or a secret. */
export const KEPT_BACK = 'kept-back';

const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'cookie',
  'set-cookie',
  'x-ms-marketplace-token',
]);

/** Keeps the scheme of a token, but not the token. */
export function withoutTokens(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (name === 'authorization') return [name, value.replace(/\S+$/, KEPT_BACK)];
      return [name, SECRET_HEADERS.has(name) ? KEPT_BACK : value];
    }),
  );
}

const SECRET_FIELDS =
  'client_secret|client_assertion|code|code_verifier|refresh_token|access_token|id_token|client_info|password';

/** Replaces the secrets in a form or a JSON body of the token endpoint. */
export function withoutSecrets(body: string): string {
  return body
    .replaceAll(new RegExp(`((?:^|&)(?:${SECRET_FIELDS})=)[^&]*`, 'g'), `$1${KEPT_BACK}`)
    .replaceAll(new RegExp(`("(?:${SECRET_FIELDS})"\\s*:\\s*")[^"]*`, 'g'), `$1${KEPT_BACK}`);
}

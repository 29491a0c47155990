import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

// PostgreSQL's own default (scram_iterations).
const iterations = 4096;
const saltBytes = 16;

/**
 * PostgreSQL's stored form of a password. With it, neither the statement that sets a password nor a log of that
 * statement contains the password. `password` must be ASCII, because SASLprep would change other characters.
 * Source: RFC 5802 §3, RFC 7677; PostgreSQL, pg_authid.rolpassword.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(saltBytes);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** 192 random bits in an alphabet that needs no escaping in URLs, SQL or configuration files. */
export function randomSecret(): string {
  return randomBytes(24).toString('base64url');
}

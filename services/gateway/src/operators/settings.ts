import { createEntra } from '@landfall/entra-sign-in/entra';
import { createSealer } from '@landfall/entra-sign-in/sealing';
import { attemptsSchema, createSignInAttempts } from '@landfall/entra-sign-in/sign-in-attempts';
import type { Config } from '../config.ts';
import type { SignInSetup } from './sign-in.ts';

const needed = ['CONSOLE_CLIENT_ID', 'CONSOLE_CLIENT_SECRET', 'CONSOLE_TENANT_ID'] as const;

/** The sign-in with the console's own application in Microsoft Entra, or the settings that are missing for it. */
export function signInSetup(config: Config, now: () => Date): SignInSetup {
  const {
    CONSOLE_CLIENT_ID: clientId,
    CONSOLE_CLIENT_SECRET: clientSecret,
    CONSOLE_TENANT_ID: tenantId,
    CONSOLE_ACCOUNTS: wanted,
  } = config;
  if (clientId === undefined || clientSecret === undefined || tenantId === undefined) {
    return { missing: needed.filter((name) => config[name] === undefined) };
  }
  const accounts = wanted === 'tenant' ? tenantId : wanted;
  return {
    entra: createEntra({
      authorityUrl: config.ENTRA_AUTHORITY_URL,
      accounts,
      clientId,
      clientSecret,
      redirectUri: new URL('/console/signed-in', config.PUBLIC_URL).href,
      settings: ['CONSOLE_CLIENT_ID', 'CONSOLE_CLIENT_SECRET'],
      now,
    }),
    attempts: createSignInAttempts({
      // All instances have this secret. A new one only ends the sign-ins of the last hour that are not finished.
      sealer: createSealer({
        secrets: [clientSecret],
        service: 'gateway',
        purpose: 'sign-in',
        content: attemptsSchema,
        now,
      }),
      cookie: 'landfall-console-sign-in',
      now,
    }),
    rules: {
      tenantId: tenantId.toLowerCase(),
      accounts,
      allowsGuests: config.CONSOLE_GUESTS === 'allowed',
    },
  };
}

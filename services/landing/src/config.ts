import { z } from 'zod';
import { retention } from '@landfall/contracts/retention';
import { baseConfigShape, secret, secureUrl } from '@landfall/service-kit/config';
import { retentionShape } from '@landfall/service-kit/retention';
import { languages } from '@landfall/words/language';

/** HKDF adds no entropy: a shorter secret could be guessed offline from one cookie. */
const MIN_SECRET_LENGTH = 32;

export const configSchema = z.object({
  ...baseConfigShape,
  ...retentionShape(retention.landing.rules),
  // Cookies are `Secure`, and addresses contain purchase tokens.
  PUBLIC_URL: secureUrl()
    .transform((text) => new URL(text).origin)
    .describe(
      'the address of the gateway as browsers see it; the redirect URI is this and /landing/signed-in',
    ),
  ENTRA_AUTHORITY_URL: secureUrl()
    .default('https://login.microsoftonline.com')
    .transform((text) => text.replace(/\/+$/, ''))
    .describe('Microsoft Entra ID, where buyers sign in'),
  LANDING_CLIENT_ID: z
    .string()
    .min(1)
    .describe('application (client) id of the sign-in application'),
  LANDING_CLIENT_SECRET: secret().describe('its client secret'),
  SESSION_SECRET: secret()
    .refine(
      (text) => splitSecrets(text).every((one) => one.length >= MIN_SECRET_LENGTH),
      `each must have at least ${MIN_SECRET_LENGTH} characters`,
    )
    .describe('one or more, separated by commas: the first encrypts, all of them decrypt'),
  PRODUCT_NAME: z.string().min(1).max(100).describe('the name of your product'),
  PRODUCT_URL: z.url({ protocol: /^https?$/ }).describe('where the link to your product leads'),
  DEFAULT_LANGUAGE: z
    .enum(languages)
    .default('en')
    .describe(
      "language of the pages if Landfall has none that the buyer's browser or account asks for",
    ),
  SUPPORT_EMAIL: z.email().optional().describe('shown to buyers who need help'),
  SUPPORT_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('shown to buyers who need help'),
});

export type Config = z.output<typeof configSchema>;

export function splitSecrets(text: string): string[] {
  return text.split(',').map((one) => one.trim());
}

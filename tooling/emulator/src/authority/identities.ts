import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { MARKETPLACE_APPLICATION_ID, PERSONAL_TENANT_ID } from '../market/constants.ts';

const appSchema = z.object({ clientId: z.guid(), clientSecret: z.string().min(8) });

const personSchema = z.object({
  name: z.string(),
  /** Sign-in name; whether a token carries it is `emailClaim`. */
  email: z.email(),
  password: z.string(),
  tenantId: z.guid(),
  tenantName: z.string(),
  objectId: z.guid(),
  puid: z.string(),
  kind: z.enum(['work', 'personal']),
  /** False: neither `email` nor an address in `preferred_username` is in this person's tokens. */
  emailClaim: z.boolean(),
  /** The home tenant of a guest; absent for a member. */
  homeTenantId: z.guid().optional(),
  /**
   * The same account in its home tenant. If set, a sign-in that names no tenant happens there, as in Entra;
   * otherwise every sign-in is in `tenantId`.
   */
  homeObjectId: z.guid().optional(),
  /** App roles of the console that the publisher's tenant gave this person. */
  appRoles: z.array(z.string()).optional(),
});

const publisherSchema = z.object({
  publisherId: z.string(),
  name: z.string(),
  tenantId: z.guid(),
});

export const identitiesSchema = z.object({
  publisher: publisherSchema,
  fulfillmentApp: appSchema,
  landingApp: appSchema,
  /** For the people of the publisher; absent in files from older versions. */
  consoleApp: appSchema.optional(),
  marketplaceClient: appSchema,
  /** Additional publishers; absent in files from older versions. */
  otherPublishers: z.array(publisherSchema.extend({ fulfillmentApp: appSchema })).optional(),
  people: z.array(personSchema).min(1),
});

/** An application that is registered with the local authority. */
export type RegisteredApp = Readonly<z.infer<typeof appSchema>>;
/** A test person who can buy, sell and sign in. */
export type Person = Readonly<z.infer<typeof personSchema>>;
/**
 * Everyone whom the local authority knows. Constant from run to run, except for the client secrets.
 */
export type Identities = Readonly<z.infer<typeof identitiesSchema>>;

const PUBLISHER_TENANT = '3f8c1f0e-6a52-4d0b-9a7e-52c9d1b7e640';
const LITWARE_TENANT = '91d3e5a7-2c48-4f6b-8e19-b70c6a5d2f84';
const FABRIKAM_TENANT = 'b41a7c6d-0e8f-4b3a-8c55-7d21f9e0a913';
const TAILSPIN_TENANT = '7c5e92a8-34d1-4f6e-b0c9-1a86d3f27e54';
const ADVENTURE_WORKS_TENANT = 'e0d69b27-5f13-4a8c-92b4-c87a41f60d3e';
const NORTHWIND_TENANT = '29a4f8b1-c76e-4d05-8e3a-60b9d5173fc2';

/** All test people have the same password: they exist on this machine only. */
const LOCAL_PASSWORD = 'local-only';

function person(
  of: Omit<Person, 'password' | 'kind' | 'emailClaim'> &
    Partial<Pick<Person, 'kind' | 'emailClaim'>>,
): Person {
  return { password: LOCAL_PASSWORD, kind: 'work', emailClaim: true, ...of };
}

const PEOPLE: readonly Person[] = [
  person({
    name: 'Ada Fabrikam',
    email: 'ada@fabrikam.example',
    tenantId: FABRIKAM_TENANT,
    tenantName: 'Fabrikam',
    objectId: '5d0b4c1e-9f2a-4e77-a3d8-08c6b17f4e21',
    puid: '10032001A1B2C301',
  }),
  person({
    name: 'Ben Fabrikam',
    email: 'ben@fabrikam.example',
    tenantId: FABRIKAM_TENANT,
    tenantName: 'Fabrikam',
    objectId: 'a86f3d70-21bc-4c95-8d1e-f4370e6b92c8',
    puid: '10032001A1B2C302',
  }),
  person({
    name: 'Tara Tailspin',
    email: 'tara@tailspin.example',
    tenantId: TAILSPIN_TENANT,
    tenantName: 'Tailspin Toys',
    objectId: 'c3917ae4-6d58-4b02-9f3c-5e80d24b71a6',
    puid: '10032001A1B2C303',
  }),
  person({
    name: 'Sam Seller',
    email: 'sam@adventure-works.example',
    tenantId: ADVENTURE_WORKS_TENANT,
    tenantName: 'Adventure Works (CSP partner)',
    objectId: '0f72e6b9-b3c4-4d1a-86e5-97a2c0d8f513',
    puid: '10032001A1B2C304',
  }),
  person({
    name: 'Pia Personal',
    email: 'pia@outlook.example',
    tenantId: PERSONAL_TENANT_ID,
    tenantName: 'Personal account',
    objectId: '00000000-0000-0000-4b7e-91c5d06f28a3',
    puid: '00032001A1B2C305',
    kind: 'personal',
  }),
  person({
    name: 'Otto Operator',
    email: 'otto@contoso.example',
    tenantId: PUBLISHER_TENANT,
    tenantName: 'Contoso (the publisher)',
    objectId: '6e15b8d3-7a90-4cf2-b4e1-d03f7c95a268',
    puid: '10032001A1B2C306',
    appRoles: ['Landfall.Operator'],
  }),
  person({
    name: 'Alma Admin',
    email: 'alma@contoso.example',
    tenantId: PUBLISHER_TENANT,
    tenantName: 'Contoso (the publisher)',
    objectId: '1c94e7b0-58d2-4f36-a7c1-6b0e93d5f284',
    puid: '10032001A1B2C310',
    appRoles: ['Landfall.Admin'],
  }),
  person({
    name: 'Vera Viewer',
    email: 'vera@contoso.example',
    tenantId: PUBLISHER_TENANT,
    tenantName: 'Contoso (the publisher)',
    objectId: '9e2d60a5-f14b-4c78-8d3a-27b5c0e9f613',
    puid: '10032001A1B2C311',
    appRoles: ['Landfall.Viewer'],
  }),
  person({
    name: 'Nils New',
    email: 'nils@contoso.example',
    tenantId: PUBLISHER_TENANT,
    tenantName: 'Contoso (the publisher)',
    objectId: '47b8f1c3-0a6d-4e92-b5e7-d83c12f6a09b',
    puid: '10032001A1B2C312',
  }),
  person({
    name: 'Gina Guest',
    email: 'gina@tailspin.example',
    tenantId: PUBLISHER_TENANT,
    tenantName: 'Contoso (as a guest)',
    objectId: 'e5a03d79-b26c-4818-9f4e-0c71d8a6b532',
    puid: '10032001A1B2C313',
    homeTenantId: TAILSPIN_TENANT,
    appRoles: ['Landfall.Admin'],
  }),
  person({
    name: 'Nora Northwind',
    email: 'nora@northwind.example',
    tenantId: NORTHWIND_TENANT,
    tenantName: 'Northwind Traders',
    objectId: 'd49c20f7-8e6b-4315-a7d2-3b91e5f806ac',
    puid: '10032001A1B2C307',
    emailClaim: false,
  }),
  person({
    name: 'Gus Guest',
    email: 'gus@tailspin.example',
    tenantId: FABRIKAM_TENANT,
    tenantName: 'Fabrikam (as a guest)',
    objectId: '8b27d6f4-0c1e-4a93-b5d8-6e92f17c304a',
    puid: '10032001A1B2C308',
    homeTenantId: TAILSPIN_TENANT,
  }),
  person({
    name: 'Mia Maker',
    email: 'mia@outlook.example',
    tenantId: 'e70c3a95-4d1b-4f86-9a2e-5b18c6d7f034',
    tenantName: 'Mia’s own directory (personal account)',
    objectId: '2f6a8d14-c7b3-4e59-8f01-a94d7e2b6c85',
    puid: '10032001A1B2C309',
    homeTenantId: PERSONAL_TENANT_ID,
    homeObjectId: '00000000-0000-0000-6c2d-84a1f7e5b390',
  }),
];

/**
 * The default people and applications with new client secrets. The caller keeps the result, so that
 * the secrets stay the same.
 */
export function createIdentities(): Identities {
  return {
    publisher: { publisherId: 'contoso', name: 'Contoso', tenantId: PUBLISHER_TENANT },
    fulfillmentApp: app('84d2b7f1-5c0e-4a69-b3f8-e17a90c62d45'),
    landingApp: app('f1a6c38e-92d7-4e5b-8b04-6c53d9e07a1f'),
    consoleApp: createConsoleApp(),
    marketplaceClient: app(MARKETPLACE_APPLICATION_ID),
    otherPublishers: createOtherPublishers(),
    people: [...PEOPLE],
  };
}

/** The application with which people of the publisher sign in to the console. */
export function createConsoleApp(): RegisteredApp {
  return app('b30e5d82-7c41-4f96-a8d7-e19f6b24c053');
}

/** The people, with those that a file from an older version lacks. */
export function withAllPeople(people: readonly Person[]): Person[] {
  const isKnown = (id: string) => people.some(({ objectId }) => sameGuid(objectId, id));
  return [...people, ...PEOPLE.filter(({ objectId }) => !isKnown(objectId))];
}

/** The second publisher, for tests that two publishers stay separate. */
export function createOtherPublishers(): NonNullable<Identities['otherPublishers']> {
  return [
    {
      publisherId: 'litware',
      name: 'Litware',
      tenantId: LITWARE_TENANT,
      fulfillmentApp: app('6a0f94c3-d7e2-4b51-9c38-20e5b8f17d6a'),
    },
  ];
}

/** The application with a new secret: the given one, or a random one. */
export function withSecret(of: RegisteredApp, clientSecret?: string): RegisteredApp {
  return { ...of, clientSecret: clientSecret ?? app(of.clientId).clientSecret };
}

function app(clientId: string): RegisteredApp {
  // 30 random bytes have more entropy than Entra's own 40-character secrets.
  return { clientId, clientSecret: randomBytes(30).toString('base64url') };
}

/** GUIDs are always compared without regard to case. */
export function sameGuid(a: unknown, b: string): boolean {
  return typeof a === 'string' && a.toLowerCase() === b.toLowerCase();
}

/** Finds a person by sign-in name, without regard to case. */
export function findPerson(identities: Identities, email: string): Person | undefined {
  return identities.people.find((one) => one.email.toLowerCase() === email.trim().toLowerCase());
}

/** The identity of an account when the sign-in names no tenant: the one in its home tenant, if it has one. */
export function atHome(person: Person): Person {
  const { homeTenantId, homeObjectId, ...rest } = person;
  if (homeTenantId === undefined || homeObjectId === undefined) return person;
  const kind = homeTenantId === PERSONAL_TENANT_ID ? 'personal' : 'work';
  return { ...rest, kind, tenantId: homeTenantId, objectId: homeObjectId };
}

/** Every tenant of the authority, with its display name. */
export function tenants(identities: Identities): ReadonlyMap<string, string> {
  const { publisher, otherPublishers = [] } = identities;
  const known = new Map<string, string>(
    [publisher, ...otherPublishers].map(({ tenantId, name }) => [tenantId.toLowerCase(), name]),
  );
  for (const one of identities.people) {
    const id = one.tenantId.toLowerCase();
    if (!known.has(id)) known.set(id, one.tenantName);
  }
  return known;
}

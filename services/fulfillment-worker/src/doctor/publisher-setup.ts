import type { OwnCheckInput, OwnSetupValue } from '@landfall/contracts/doctor-procedures';
import type { Publisher, Publishers } from '@landfall/publishers/publishers';

const PARTNER_CENTER = 'Partner Center: the offer, Technical configuration';
const ENTRA = "Microsoft Entra: App registrations, the publisher's application";

/** The values of each publisher's offers and application. */
export function publisherSetup(
  publishers: Publishers,
): (input: OwnCheckInput) => readonly OwnSetupValue[] {
  return ({ publisherId, publicUrl }) => {
    const chosen =
      publisherId === undefined
        ? publishers.all
        : [publishers.of(publisherId)].filter((one) => !!one);
    return chosen.flatMap((publisher) =>
      valuesOf(publisher, { publicUrl, isSole: publishers.isSole }).map((value) =>
        Object.assign(value, {
          about: 'publisher' as const,
          publisherId: publisherId ?? publisher.publisherId,
        }),
      ),
    );
  };
}

function valuesOf(
  { publisherId, tenantId, clientId, credential }: Publisher,
  of: { readonly publicUrl: string; readonly isSole: boolean },
): Omit<OwnSetupValue, 'about' | 'publisherId'>[] {
  const base = of.publicUrl.replace(/\/+$/, '');
  const landing = of.isSole ? `${base}/landing` : `${base}/landing/p/${publisherId}`;
  const settings = of.isSole
    ? {
        tenant: 'PUBLISHER_TENANT_ID',
        client: 'FULFILLMENT_CLIENT_ID',
        credential: CREDENTIAL_SETTING[credential.kind],
      }
    : {
        tenant: 'PUBLISHERS_FILE: tenantId',
        client: 'PUBLISHERS_FILE: clientId',
        credential: 'PUBLISHERS_FILE: credential',
      };
  return [
    {
      where: PARTNER_CENTER,
      field: 'Landing page URL',
      value: landing,
      isSet: true,
      why: 'Microsoft opens it with the purchase token when a customer configures a purchase. It must not contain #.',
    },
    {
      where: PARTNER_CENTER,
      field: 'Connection webhook',
      value: `${base}/webhook`,
      isSet: true,
      why: 'Microsoft calls it for every change.',
    },
    {
      where: PARTNER_CENTER,
      field: 'Microsoft Entra tenant ID',
      value: tenantId,
      setting: settings.tenant,
      isSet: true,
      why: 'Microsoft accepts calls only from this tenant, and signs its webhook calls for it.',
    },
    {
      where: PARTNER_CENTER,
      field: 'Microsoft Entra application ID',
      value: clientId,
      setting: settings.client,
      isSet: true,
      why: 'Microsoft accepts calls only from this application, and names it as the audience of its webhook calls.',
    },
    {
      where: `${ENTRA}, Overview`,
      field: 'Directory (tenant) ID',
      setting: settings.tenant,
      isSet: true,
      why: 'The tenant in which the application has its service principal.',
    },
    {
      where: `${ENTRA}, Overview`,
      field: 'Application (client) ID',
      setting: settings.client,
      isSet: true,
      why: 'The application with which Landfall calls Microsoft. It needs no permissions.',
    },
    {
      where: `${ENTRA}, Certificates & secrets`,
      field: CREDENTIAL_FIELD[credential.kind],
      setting: settings.credential,
      isSet: true,
      why: 'Landfall gets its tokens with it.',
    },
  ];
}

const CREDENTIAL_FIELD = {
  secret: 'Client secrets: Value',
  'secret-file': 'Client secrets: Value',
  certificate: 'Certificates',
  federated: 'Federated credentials',
} as const satisfies Record<Publisher['credential']['kind'], string>;

const CREDENTIAL_SETTING: Readonly<Record<Publisher['credential']['kind'], string>> = {
  secret: 'FULFILLMENT_CLIENT_SECRET',
  'secret-file': 'FULFILLMENT_CLIENT_SECRET_FILE',
  certificate: 'FULFILLMENT_CERTIFICATE_FILE, FULFILLMENT_PRIVATE_KEY_FILE',
  federated: 'FULFILLMENT_FEDERATED_TOKEN_FILE',
};

import path from 'node:path';
import { services } from '@landfall/contracts/services';
import type { GivenPublishers, PublisherSettings } from '@landfall/publishers/publisher-list';
import { publisherCredential } from '@landfall/publishers/publisher-credential';
import type { ChartTable } from '../chart/table.ts';
import { CONFIG_FOLDER, loadCredential, secretLines } from './units.ts';

/** Where docs/virtual-machine.md puts the list, with the files that it names beside it. */
const SECRETS_FOLDER = `${CONFIG_FOLDER}/secrets/publishers`;
/** Sorts before `override.conf`, in which `systemctl edit` puts an operator's own credentials. */
const DROP_IN = '10-publishers.conf';
/** systemd puts all credentials of a unit into one folder. Settings are there under names without an extension. */
const FILE_NAME = /^\w[\w-]*\.[\w.-]+$/;

const FILE_SETTINGS = [
  'FULFILLMENT_CLIENT_SECRET_FILE',
  'FULFILLMENT_CERTIFICATE_FILE',
  'FULFILLMENT_PRIVATE_KEY_FILE',
] as const;

/** What is wrong with a list of publishers for units, one sentence per flaw. Names fields, never values. */
export async function publisherFlaws(
  file: string,
  { publishers }: GivenPublishers,
): Promise<readonly string[]> {
  const listName = path.basename(file);
  const ofList = FILE_NAME.test(listName) ? [] : [`${listName}: ${NAME_RULE}`];
  const ofPublishers = await Promise.all(publishers.map((one) => flawsOf(one, file)));
  return [...ofList, ...ofPublishers.flat()];
}

const NAME_RULE =
  'must consist of letters, digits, dots and dashes, with an extension, such as a.secret';

async function flawsOf(
  { credential, nameOf }: PublisherSettings,
  file: string,
): Promise<readonly string[]> {
  if (credential.FULFILLMENT_FEDERATED_TOKEN_FILE !== undefined) {
    const name = nameOf('FULFILLMENT_FEDERATED_TOKEN_FILE');
    return [
      `${name}: systemd copies a file when the service starts, but a token changes; use a client secret or a certificate`,
    ];
  }
  if (credential.FULFILLMENT_CLIENT_SECRET !== undefined) {
    const name = nameOf('FULFILLMENT_CLIENT_SECRET');
    return [
      `${name}: webhook-ingest reads the list too, and needs no secret; write the secret into a file and name it in secretFile`,
    ];
  }
  const misplaced = FILE_SETTINGS.flatMap((setting) => {
    const named = credential[setting];
    if (named === undefined) return [];
    const isBeside = path.dirname(named) === path.dirname(path.resolve(file));
    if (isBeside && FILE_NAME.test(path.basename(named))) return [];
    return [`${nameOf(setting)}: the file must be beside the list, and its name ${NAME_RULE}`];
  });
  if (misplaced.length > 0) return misplaced;
  return await publisherCredential(credential, nameOf)
    .check()
    .then(() => [])
    .catch((error: Error) => [error.message]);
}

/**
 * The drop-ins for an installation with several publishers, by path below `/etc/systemd/system`. Each gives a service the list.
 * A service that calls Microsoft also gets the files that the list names, instead of the single publisher's credential.
 */
export function publisherDropIns(
  table: ChartTable,
  file: string,
  { publishers }: GivenPublishers,
): ReadonlyMap<string, string> {
  const list = path.basename(file);
  const named = publishers.flatMap(({ credential }) =>
    FILE_SETTINGS.flatMap((setting) => credential[setting] ?? []),
  );
  const secrets = [...new Set(named.map((one) => path.basename(one)))];
  const load = (name: string) => loadCredential(name, `${SECRETS_FOLDER}/${name}`);
  const using = services.filter(({ name }) => table.services[name].usesPublishers);
  return new Map(
    using.map(({ name }) => {
      const { usesCredential, secrets: own } = table.services[name];
      const lines = [
        ...(usesCredential ? [WITHOUT_SINGLE, secretLines(name, own.required)] : []),
        ...[list, ...(usesCredential ? secrets : [])].map((one) => load(one)),
        `Environment=PUBLISHERS_FILE=%d/${list}`,
      ];
      const content = `${HEAD}\n[Service]\n${lines.join('\n')}\n`;
      return [`landfall-${name}.service.d/${DROP_IN}`, content];
    }),
  );
}

const HEAD =
  '# Made by `npm run units` from the list of publishers. Run it again when the list names other files.';

const WITHOUT_SINGLE = `# Removes the credential of a single publisher: an empty value begins a new list.
LoadCredential=
UnsetEnvironment=FULFILLMENT_CLIENT_SECRET_FILE`;

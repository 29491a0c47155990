import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './launch/folder.ts';
import {
  alertTable,
  consumerTable,
  factTable,
  metricTable,
  procedureTable,
  rejectionTable,
  retentionTable,
} from './reference/contract-tables.ts';
import { settingTable } from './reference/setting-table.ts';

export const referenceFile = path.join(repositoryRoot, 'docs', 'reference.md');

/** `docs/reference.md`, computed from the contracts and from the schemas of the services' settings. */
export async function referencePage(): Promise<string> {
  return `# Reference

After reading this page you can look up every procedure, event, alert, metric, setting and retention time of this version.
The page is computed from the code by \`node tooling/stack/src/write-reference.ts\`; do not edit it by hand.

- [Procedures](#procedures)
- [Rejections](#rejections)
- [Facts](#facts)
- [Consumers](#consumers)
- [Alerts](#alerts)
- [Metrics](#metrics)
- [Settings](#settings)
- [Retention](#retention)

## Procedures

You call a procedure through the gateway at \`/trpc\`, with an API key that has its *scope*. *Bound by* says what a key of one
publisher reaches:

- \`publisher\`: the answer or the change covers only the key's publisher.
- \`subscription\`, \`delivery\` and so on: the thing that the input names. If it belongs to another publisher, it is not found.
- \`installation\`: nothing. The procedure covers all publishers, so a key of one publisher is refused.

Procedures that are not public are calls between the services.

${procedureTable()}

## Rejections

A rejection is a business "no". It is final: the same call gets the same answer until something else changes. See
[errors of the client](../packages/client/README.md).

${rejectionTable()}

## Facts

A service publishes a fact after the change has been stored. Each \`fulfillment.subscription.…\` fact also goes to your product as the
event \`subscription.…\`, and the facts about usage go to it as events \`usage.…\`. A destination without \`types\` receives no \`usage.settled\` (see
[events](events.md#usage)).

${factTable()}

## Consumers

JetStream keeps facts for seven days and dead letters for thirty.

${consumerTable()}

## Alerts

\`critical\`: customers or money are affected now. \`warning\`: look at it in working hours.
[Operating](operating.md#alerts) explains where alerts appear.

${alertTable()}

## Metrics

No label contains an id, a tenant, an address, or a path with an id.

${metricTable()}

## Settings

Environment variables of the services. An empty variable counts as absent. A missing or malformed variable stops the start, and
the message names all of them at once. The settings \`KEEP_…_DAYS\` are in [Retention](#retention). [Going live](going-live.md) says which values the real marketplace needs.

${await settingTable()}

## Retention

A service removes rows every ten minutes once they are older than this. A setting is a number of days. *Its own end* means that a
column of the row holds the time. *Some* means that only certain rows of the table are removed, as the reason says.

${retentionTable()}
`;
}

if (import.meta.main) writeFileSync(referenceFile, await referencePage());

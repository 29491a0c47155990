import { expect, test } from 'vitest';
import { importProcedures } from '@landfall/contracts/import-procedures';
import { batchesOf, readAcceleratorExport, type ExportFile } from './read-export.ts';

const ids = [
  '6f1a8e93-2d47-4b0c-8e55-91c3d7a2f064',
  '0b2d7c4e-5a31-4f6e-9d18-2c7f3e6a9b40',
] as const;
const [first, second] = ids;

/** A small shop, with the columns of the accelerator's entities. */
const files: readonly ExportFile[] = [
  {
    name: 'dbo.Subscriptions.csv',
    content: `\uFEFFId,AMPSubscriptionId,SubscriptionStatus,AMPPlanId,AmpOfferId,IsActive,UserId,Name,AMPQuantity,PurchaserEmail,PurchaserTenantId,Term\r
1,${first.toUpperCase()},Subscribed,growth,analytics,1,7,"Fabrikam, ""Berlin""",25,ben@partner.example,${second},P1M\r
2,${second},PendingActivation,basic,teamdesk,1,NULL,Tailspin,0,,,\r
3,NULL,Subscribed,basic,teamdesk,1,7,Broken,0,,,\r
`,
  },
  {
    name: 'Users.csv',
    content: 'UserId;EmailAddress;FullName\n7;ada@fabrikam.example;Ada Jones\n',
  },
  {
    name: 'PlanAttributeMapping.json',
    content: JSON.stringify([{ PlanAttributeId: 11, OfferAttributeID: 21, IsEnabled: true }]),
  },
  {
    name: 'OfferAttributes.json',
    content: JSON.stringify([{ ID: 21, ParameterId: 'space', DisplayName: 'Name of your space' }]),
  },
  {
    name: 'SubscriptionAttributeValues.json',
    content: JSON.stringify([
      { ID: 1, PlanAttributeId: 11, Value: 'fabrikam', SubscriptionId: first },
      { ID: 2, PlanAttributeId: 99, Value: 'lost', SubscriptionId: first },
      { ID: 3, PlanAttributeId: 11, Value: null, SubscriptionId: second },
    ]),
  },
  {
    name: 'SubscriptionAuditLogs.csv',
    content: `ID,SubscriptionID,Attribute,OldValue,NewValue,CreateDate,CreateBy
2,1,Plan,starter,growth,2025-03-04 08:30:00.1234567,7
1,1,Status,PendingFulfillmentStart,Subscribed,2025-02-01T10:00:00,7
3,2,Status,NULL,PendingActivation,2025-05-01 09:00:00,7
`,
  },
  {
    name: 'KnownUsers.csv',
    content: 'Id,UserEmail,RoleId\n1,Olga@contoso.example,1\n2,olga@contoso.example,1\n',
  },
  { name: 'MeteredAuditLogs.json', content: JSON.stringify([{ ID: 1, RequestJson: '{}' }]) },
  { name: 'EmailTemplate.csv', content: 'ID\n1\n' },
];

const read = () => readAcceleratorExport(files);

test('subscriptions come with their confirmed user, answers and history, oldest first', () => {
  expect(read().subscriptions).toEqual([
    {
      subscriptionId: first,
      status: 'Subscribed',
      planId: 'growth',
      quantity: 25,
      claimedBy: { emailId: 'ada@fabrikam.example' },
      answers: { space: 'fabrikam' },
      history: [
        { at: '2025-02-01T10:00:00.000Z', text: 'Status: PendingFulfillmentStart to Subscribed' },
        { at: '2025-03-04T08:30:00.123Z', text: 'Plan: starter to growth' },
      ],
    },
    {
      subscriptionId: second,
      status: 'PendingFulfillmentStart',
      planId: 'basic',
      history: [{ at: '2025-05-01T09:00:00.000Z', text: 'Status: none to PendingActivation' }],
    },
  ]);
});

test('what is unclear is left out with a warning', () => {
  expect(read().warnings).toEqual([
    'EmailTemplate.csv was left out, because it is not one of the tables that are imported.',
    expect.stringContaining(`an answer of ${first} was left out, because its question is unknown`),
    'Subscriptions: row 3 has no AMPSubscriptionId; it was left out.',
  ]);
});

test('reported usage is not imported, and operators are listed once to be invited', () => {
  const { notTaken, operators } = read();

  expect(notTaken).toContainEqual({
    what: 'MeteredAuditLogs',
    rows: 1,
    why: expect.stringContaining('report it twice') as string,
  });
  expect(operators).toEqual(['olga@contoso.example']);
});

test('batches fit into imports.subscriptions', () => {
  const row = (index: number) =>
    `${index},${first.slice(0, -3)}${String(index).padStart(3, '0')},Subscribed,growth,7,1`;
  const content = ['Id,AMPSubscriptionId,SubscriptionStatus,AMPPlanId,UserId,AMPQuantity']
    .concat(Array.from({ length: 60 }, (_, index) => row(index)))
    .join('\n');
  const { subscriptions } = readAcceleratorExport([{ name: 'subscriptions.csv', content }]);
  const batches = batchesOf(subscriptions);

  expect(batches.map(({ length }) => length)).toEqual([25, 25, 10]);
  for (const batch of batches) {
    const input = { source: 'saas-accelerator', subscriptions: batch };
    expect(importProcedures.imports.subscriptions.input.safeParse(input).success).toBe(true);
  }
});

test.each([
  [
    'without subscriptions',
    [{ name: 'Users.csv', content: 'UserId\n1' }],
    /no table Subscriptions/,
  ],
  ['with a table twice', [files[0]!, { ...files[0]!, name: 'Subscriptions.csv' }], /appears twice/],
  ['with broken JSON', [{ name: 'Subscriptions.json', content: '[{' }], /not valid JSON/],
  ['with JSON that is no list', [{ name: 'Subscriptions.json', content: '{}' }], /array of rows/],
  [
    'with an open quote',
    [{ name: 'Subscriptions.csv', content: 'Id\n"1' }],
    /inside a quoted text/,
  ],
  [
    'with unquoted commas',
    [{ name: 'Subscriptions.csv', content: 'Id,Name\n1,a,b' }],
    /3 values for 2 columns/,
  ],
])('an export %s is refused with the next step', (_, given, message) => {
  expect(() => readAcceleratorExport(given)).toThrow(message);
});

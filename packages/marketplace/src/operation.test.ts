import { describe, expect, test } from 'vitest';
import { decodeOperation, normaliseOperationStatus } from './operation.ts';

const raw = {
  id: 'CFCE1B42-1E3A-4C7B-8A4E-000000000001',
  activityId: 'ffffffff-1e3a-4c7b-8a4e-000000000001',
  subscriptionId: '8151A707-467C-4105-DF0B-44C3FCA5880D',
  offerId: 'offer1',
  publisherId: 'contoso',
  planId: 'gold',
  quantity: '20',
  action: 'changePlan',
  timeStamp: '2018-12-01T00:00:00',
  status: 'In Progress',
  operationRequestedSource: 'Partner',
  errorStatusCode: '',
  errorMessage: '',
};

describe('an operation', () => {
  test('is read with its requested values, in one spelling', () => {
    expect(decodeOperation(raw)).toEqual({
      id: 'cfce1b42-1e3a-4c7b-8a4e-000000000001',
      subscriptionId: '8151a707-467c-4105-df0b-44c3fca5880d',
      action: 'ChangePlan',
      status: 'InProgress',
      planId: 'gold',
      quantity: 20,
      publisherId: 'contoso',
      offerId: 'offer1',
      requestSource: 'Partner',
      timeStamp: new Date('2018-12-01T00:00:00Z'),
      errorStatusCode: undefined,
      errorMessage: undefined,
      problems: [],
      raw,
    });
  });

  test('with an unknown action is read as well', () => {
    expect(decodeOperation({ ...raw, action: 'Transfer', status: 'Paused' })).toMatchObject({
      action: 'Transfer',
      status: 'Unknown',
    });
  });

  test('without its own id or subscription is a fault', () => {
    for (const missing of ['id', 'subscriptionId']) {
      expect(() => decodeOperation({ ...raw, [missing]: null })).toThrow(
        expect.objectContaining({ code: 'marketplace.unexpected-answer' }),
      );
    }
  });
});

test.each([
  ['Succeeded', 'Succeeded'],
  ['Succeed', 'Succeeded'],
  ['success', 'Succeeded'],
  ['Failed', 'Failed'],
  ['Failure', 'Failed'],
  ['InProgress', 'InProgress'],
  ['In Progress', 'InProgress'],
  ['NotStarted', 'NotStarted'],
  ['Not started', 'NotStarted'],
  ['conflict', 'Conflict'],
  ['Done', 'Unknown'],
  ['', 'Unknown'],
  [null, 'Unknown'],
  [undefined, 'Unknown'],
  [7, 'Unknown'],
])('the operation status %j means %s', (word, status) => {
  expect(normaliseOperationStatus(word)).toBe(status);
});

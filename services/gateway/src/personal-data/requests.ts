import { TRPCError } from '@trpc/server';
import {
  MAX_PEOPLE,
  ownPersonalDataProcedures,
  type KnownPerson,
  type personalDataProcedures,
} from '@landfall/contracts/personal-data-procedures';
import { RemoteError, type Call, type Handlers } from '@landfall/contracts/procedures';
import { Rejection } from '@landfall/contracts/rejections';
import type { ServiceName } from '@landfall/contracts/services';
import type { Logger } from '@landfall/service-kit/log';
import type { OwnPersonalData } from '@landfall/service-kit/personal-data';
import { forwardHandlers } from '@landfall/service-kit/rpc/forward';

/**
 * In the order of an erasure. Services that know a person by several ids or addresses come last, so that a repeat after a
 * failure still finds all of them.
 */
const ORDER = [
  'gateway',
  'billing-sync',
  'webhook-ingest',
  'fulfillment-worker',
  'landing',
] as const;

type Subject = Parameters<OwnPersonalData['people']>[0];

/** Asks every service. If one does not answer, the whole call fails, because a partial answer would be taken for a full one. */
export function personalDataHandlers(parts: {
  readonly clients: Readonly<Record<Exclude<ServiceName, 'gateway'>, object>>;
  readonly own: OwnPersonalData;
  readonly log: Logger;
}): Handlers<typeof personalDataProcedures>['personalData'] {
  const { clients, own, log } = parts;
  const keeperOf = (service: ServiceName): OwnPersonalData =>
    service === 'gateway'
      ? own
      : forwardHandlers(ownPersonalDataProcedures, () => clients[service]).ownPersonalData;
  const ask = async <Answer>(
    service: ServiceName,
    question: (keeper: OwnPersonalData, call: Call) => Promise<Answer | Rejection>,
    { correlationId, deadline, signal }: Call,
  ): Promise<Answer> => {
    const asGateway = { kind: 'service', name: 'gateway' } as const;
    try {
      const call = { caller: asGateway, correlationId, deadline, signal };
      const answer = await question(keeperOf(service), call);
      if (answer instanceof Rejection) throw new Error(answer.message);
      return answer;
    } catch (cause: unknown) {
      throw unanswered(service, cause);
    }
  };

  /** One service may know a person by address, and another one only by id. */
  async function peopleOf(subject: Subject, call: Call): Promise<KnownPerson[] | Rejection> {
    const askAll = async (about: Subject) => {
      const answers = await Promise.all(
        ORDER.map((service) => ask(service, (keeper, own) => keeper.people(about, own), call)),
      );
      return answers.flatMap(({ people }) => people);
    };
    const found = await askAll(subject);
    const ids = new Set(found.flatMap(({ objectId }) => objectId?.toLowerCase() ?? []));
    const { publisherId } = subject;
    // By address: the person's ids lead to the places with ids only, and to former addresses.
    const byId =
      subject.objectId === undefined && subject.email !== undefined
        ? await Promise.all([...ids].map((objectId) => askAll({ objectId, publisherId })))
        : [];
    const named = { objectId: subject.objectId, email: subject.email };
    const people = distinct([named, ...found, ...byId.flat()]);
    return people.length > MAX_PEOPLE ? tooMany() : people;
  }

  async function wantedOf(subject: Subject, call: Call) {
    const people = await peopleOf(subject, call);
    if (people instanceof Rejection) return people;
    const isPerson = subject.objectId !== undefined || subject.email !== undefined;
    const wholeTenant = isPerson ? undefined : subject.tenantId;
    return { people, wholeTenant, publisherId: subject.publisherId };
  }

  return {
    async export(subject, call) {
      const wanted = await wantedOf(subject, call);
      if (wanted instanceof Rejection) return wanted;
      const answers = await Promise.all(
        ORDER.map((service) => ask(service, (keeper, own) => keeper.export(wanted, own), call)),
      );
      return {
        findings: answers.flatMap(({ findings }) => findings),
        data: Object.assign({}, ...answers.map(({ data }) => data)) as Record<string, unknown[]>,
        isComplete: answers.every(({ isComplete }) => isComplete),
      };
    },

    async erase({ dryRun, reason: _reason, ...subject }, call) {
      const wanted = await wantedOf(subject, call);
      if (wanted instanceof Rejection) return wanted;
      const findings = [];
      for (const service of ORDER) {
        const erase = { ...wanted, dryRun };
        const answer = await ask(service, (keeper, own) => keeper.erase(erase, own), call);
        findings.push(...answer.findings);
      }
      const rows = findings.reduce((sum, finding) => sum + finding.rows, 0);
      if (!dryRun) log.info({ rows }, 'erased personal data on request');
      return { findings, isDryRun: dryRun };
    },
  };
}

function distinct(people: readonly KnownPerson[]): KnownPerson[] {
  const named = people.filter(({ objectId, email }) => objectId ?? email);
  const keyOf = ({ objectId = '', email = '' }: KnownPerson) =>
    `${objectId.toLowerCase()} ${email.toLowerCase()}`;
  return [...new Map(named.map((person) => [keyOf(person), person])).values()];
}

function unanswered(service: ServiceName, cause: unknown): TRPCError {
  const message = `The service ${service} did not answer, so the result would be incomplete. What was erased stays erased. Repeat the call; if it fails again, see alerts.list.`;
  return new TRPCError({
    code: 'SERVICE_UNAVAILABLE',
    message,
    cause: new RemoteError(message, { fault: 'personal-data.incomplete' }, { cause }),
  });
}

function tooMany(): Rejection<'person.too-many'> {
  return new Rejection(
    'person.too-many',
    `The tenant has more than ${MAX_PEOPLE} known people. Name them one by one, by objectId or email.`,
  );
}

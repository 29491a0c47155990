import { headers as natsHeaders, type MsgHdrs } from 'nats';
import { headerNames, type Envelope } from '@landfall/contracts/envelope';

/** Without the message id, which is sent as JetStream's own header. */
export function envelopeHeaders(envelope: Envelope, traceParent: string | undefined): MsgHdrs {
  return toNatsHeaders({
    [headerNames.correlationId]: envelope.correlationId,
    [headerNames.occurredAt]: envelope.occurredAt.toISOString(),
    ...(envelope.causationId ? { [headerNames.causationId]: envelope.causationId } : {}),
    ...(traceParent ? { [headerNames.traceParent]: traceParent } : {}),
  });
}

export function toNatsHeaders(record: Readonly<Record<string, string>>): MsgHdrs {
  const all = natsHeaders();
  for (const [name, value] of Object.entries(record)) all.set(name, value);
  return all;
}

export function fromNatsHeaders(all: MsgHdrs | undefined): Record<string, string> {
  if (!all) return {};
  return Object.fromEntries(all.keys().map((name) => [name, all.get(name)]));
}

import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { obstacleTo } from '../obstacle.ts';
import { confirmSeatsPage, seatsPage } from '../pages/change-seats.ts';
import type { Reason } from '../pages/refused.ts';
import { seatChoice, wantedSeats, type SeatChoice } from '../plan-choice.ts';
import { refuse, requestChange, type ChangeDeps } from '../request-change.ts';
import type { Admitted } from '../visit.ts';

/** `GET …/seats`: the possible numbers. With `?to=`, the consequences of changing to that number. */
export async function showSeats(
  deps: ChangeDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, frame } = admitted;
  const obstacle = obstacleTo('seats', subscription);
  if (obstacle) return refuse(deps, c, { admitted, reason: obstacle });
  const choice = await choiceOf(deps, admitted);
  const typed = c.req.query('to');
  if (typed === undefined) return c.html(seatsPage(frame, { subscription, choice }));
  const seats = wantedSeats(typed, { ...choice, quantity: subscription.quantity });
  if (seats === undefined) return c.html(seatsPage(frame, { subscription, choice, typed }), 422);
  const { plan } = choice;
  return c.html(confirmSeatsPage(frame, { subscription, plan, seats, request: randomUUID() }));
}

/** `POST …/seats`: requests the change. */
export async function changeSeats(
  deps: ChangeDeps,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, fields } = admitted;
  const { quantity } = subscription;
  const typed = fields['to'] ?? '';
  const problem = async (): Promise<Reason | undefined> => {
    if (fields['from'] !== String(quantity)) return 'changed-meanwhile';
    const obstacle = obstacleTo('seats', subscription);
    if (obstacle) return obstacle;
    const { ranges } = await choiceOf(deps, admitted);
    return wantedSeats(typed, { ranges, quantity }) ? undefined : 'change.quantity-invalid';
  };
  const wanted = { kind: 'ChangeQuantity', quantity: Number(typed) } as const;
  return requestChange(deps, c, { admitted, wanted, problem });
}

async function choiceOf(
  { subscriptions }: ChangeDeps,
  { subscription }: Admitted,
): Promise<SeatChoice> {
  return seatChoice(await subscriptions.choices(subscription.id), subscription);
}

import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Landing } from '../../landing.ts';
import type { Admitted } from '../access.ts';
import { obstacleTo } from '../obstacle.ts';
import { confirmSeatsPage, seatsPage } from '../pages/change-seats.ts';
import type { Reason } from '../pages/refused.ts';
import { seatChoice, wantedSeats, type SeatChoice } from '../plan-choice.ts';
import { refuse, requestChange } from '../request-change.ts';

/** `GET …/seats`: how many there may be; with `?to=`, what a change to that number means. */
export async function showSeats(
  landing: Landing,
  c: Context,
  admitted: Admitted,
): Promise<Response> {
  const { subscription, frame } = admitted;
  const obstacle = obstacleTo('seats', subscription);
  if (obstacle) return refuse(landing, c, { admitted, reason: obstacle });
  const choice = await choiceOf(landing, admitted);
  const typed = c.req.query('to');
  if (typed === undefined) return c.html(seatsPage(frame, { subscription, choice }));
  const seats = wantedSeats(typed, { ...choice, quantity: subscription.quantity });
  if (seats === undefined) return c.html(seatsPage(frame, { subscription, choice, typed }), 422);
  const { plan } = choice;
  return c.html(confirmSeatsPage(frame, { subscription, plan, seats, request: randomUUID() }));
}

/** `POST …/seats`: approved. */
export async function changeSeats(
  landing: Landing,
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
    const { ranges } = await choiceOf(landing, admitted);
    return wantedSeats(typed, { ranges, quantity }) ? undefined : 'change.quantity-invalid';
  };
  const wanted = { kind: 'ChangeQuantity', quantity: Number(typed) } as const;
  return requestChange(landing, c, { admitted, wanted, problem });
}

async function choiceOf(
  { subscriptions }: Landing,
  { subscription }: Admitted,
): Promise<SeatChoice> {
  return seatChoice(await subscriptions.choices(subscription.id), subscription);
}

import { z } from 'zod';

export const usageSettled = z.object({
  eventId: z.string(),
  subscriptionId: z.string(),
  dimension: z.string(),
  /** Start of the UTC hour. */
  hour: z.iso.datetime(),
  planId: z.string(),
  quantity: z.number(),
  /** Microsoft's word for the row, open: Accepted, Duplicate, Expired, … */
  status: z.string(),
  usageEventId: z.string().optional(),
  settledAt: z.iso.datetime(),
});

export type UsageSettled = z.output<typeof usageSettled>;

// In a Next.js application: app/reports/route.js
import { usage } from '../../../landfall.js';

export const runtime = 'nodejs';

// Your product's own work: it makes a report, which customers pay for.
export async function POST(request) {
  const { subscriptionId, reportId } = await request.json();
  await usage.add({ subscriptionId, dimension: 'reports', quantity: 1, eventId: reportId });
  return new Response(null, { status: 202 });
}

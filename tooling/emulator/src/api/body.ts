import type { Context } from 'hono';
import { parseExactly } from '../market/exact-json.ts';

/**
 * The JSON object in a request's body.
 * @param exactField the name of fields whose numbers keep the digits that were sent
 * @returns an empty object for an empty body, undefined for anything but a JSON object
 */
export async function readBody(
  c: Context,
  exactField?: string,
): Promise<Record<string, unknown> | undefined> {
  const text = await c.req.text();
  if (text === '') return {};
  try {
    const value =
      exactField === undefined ? (JSON.parse(text) as unknown) : parseExactly(text, exactField);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The usual form of a 4xx. */
export function failure(
  c: Context,
  status: 400 | 403 | 404 | 409,
  code: string,
  message: string,
): Response {
  return c.json({ code, message, target: null, details: [] }, status);
}

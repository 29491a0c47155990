/** Microsoft's purchase token lives 24 hours; a visit that was not confirmed has no use after it. */
export const VISIT_LIFE_MS = 24 * 60 * 60 * 1000;
/** How long the progress page of a confirmed purchase can be opened again, by link or bookmark. */
export const CONFIRMED_LIFE_MS = 90 * 24 * 60 * 60 * 1000;

/** What comes from a cookie, a path or a form is looked at before it goes into a query. */
export function isVisitId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

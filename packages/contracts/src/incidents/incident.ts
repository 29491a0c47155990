/**
 * What to do about an alert. Text in backquotes is a command or an existing name: a procedure, a metric, a setting, a service.
 * A test checks that each exists.
 */
export interface Incident {
  /** What customers and the publisher notice while it lasts. */
  readonly effect: string;
  /** The most likely first: the cause, how to recognise it, and the fix. */
  readonly causes: readonly (readonly [cause: string, check: string, fix: string])[];
}

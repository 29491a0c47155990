/**
 * What to do about an alert. Text in backquotes is a command, or a name that exists: a procedure, a metric, a setting, a service.
 * A test checks each.
 */
export interface Incident {
  /** What customers and the publisher notice while it lasts. */
  readonly effect: string;
  /** The most likely first: the cause, how to see that it is this one, and the cure. */
  readonly causes: readonly (readonly [cause: string, check: string, cure: string])[];
}

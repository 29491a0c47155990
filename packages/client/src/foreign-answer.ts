/** An answer that does not come from Landfall, such as the error page of a proxy. */
export class ForeignAnswer extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(answer: Response) {
    super(
      `The answer (HTTP ${answer.status}) does not come from Landfall. Check the URL and the proxies in front.`,
    );
    this.status = answer.status;
    this.retryAfterMs = waitOf(answer);
  }
}

/** The header Retry-After in milliseconds, if it is a number of seconds. */
function waitOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
}

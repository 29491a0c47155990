/** One call of the REST API as it was sent, without tokens. */
export interface RecordedCall {
  readonly method: string;
  /** Path below the API's base URL, without the query. */
  readonly path: string;
  /** A list if a parameter was sent more than once. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Null if the connection was dropped instead. */
  readonly answer: RecordedAnswer | null;
}

export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Recording {
  readonly calls: readonly RecordedCall[];
  /** The number of calls that were not recorded, because the recording was full. */
  readonly leftOut: number;
}

/** All scenarios together make a few hundred calls. This many take about 20 MB. */
const MAX_CALLS = 10_000;

/** Records requests and answers of the API in memory, from `start` to `stop`. */
export class Recorder {
  #calls: RecordedCall[] | undefined;
  #leftOut = 0;

  /** Starts a new recording and discards the previous one. */
  start(): void {
    this.#calls = [];
    this.#leftOut = 0;
  }

  stop(): void {
    this.#calls = undefined;
  }

  read(): Recording | undefined {
    return this.#calls && { calls: this.#calls, leftOut: this.#leftOut };
  }

  add(call: RecordedCall): void {
    if (this.#calls === undefined) return;
    if (this.#calls.length < MAX_CALLS) this.#calls.push(call);
    else this.#leftOut += 1;
  }
}

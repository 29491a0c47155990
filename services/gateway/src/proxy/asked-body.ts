import { ClientRequest } from 'node:http';
import { Readable } from 'node:stream';

/**
 * A body for an upstream that is read from its caller only when the upstream asks for it, which is what
 * `Expect: 100-continue` is for (RFC 9110 section 10.1.1). `load` resolves with undefined where there is no
 * body to send on; then the request to the upstream is given up.
 */
export class AskedBody extends Readable {
  readonly #load: () => Promise<Buffer | undefined>;
  #isAsked = false;

  constructor(load: () => Promise<Buffer | undefined>) {
    super();
    this.#load = load;
  }

  override pipe<Target extends NodeJS.WritableStream>(target: Target): Target {
    if (target instanceof ClientRequest) this.#await(target);
    return super.pipe(target);
  }

  override _read(): void {
    // Pushed as a whole once it is there.
  }

  #await(request: ClientRequest): void {
    request.once('continue', () => {
      this.#isAsked = true;
      this.#load().then(
        (body) => {
          if (body === undefined) return request.destroy();
          this.push(body);
          this.push(null);
          return undefined;
        },
        () => request.destroy(),
      );
    });
    // Answered without it: the connection waits for a body that never comes.
    request.once('response', (answer) => {
      answer.once('close', () => {
        if (!this.#isAsked) request.destroy();
      });
    });
  }
}

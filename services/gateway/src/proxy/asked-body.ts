import { ClientRequest } from 'node:http';
import { Readable } from 'node:stream';

/**
 * A body that is read from the caller only when the upstream asks for it by `Expect: 100-continue` (RFC 9110 section
 * 10.1.1). If `load` resolves with undefined, there is no body to send on and the request to the upstream is given up.
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
    // The body is pushed as a whole once it has been loaded.
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
    // The upstream answered without the body, so its connection would wait for a body that never comes.
    request.once('response', (answer) => {
      answer.once('close', () => {
        if (!this.#isAsked) request.destroy();
      });
    });
  }
}

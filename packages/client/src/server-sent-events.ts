/** One event of a stream, or only its id. */
export interface Frame {
  readonly id: string | undefined;
  readonly data: string | undefined;
}

/**
 * Reads server-sent events. `onChunk` is called whenever something arrives, also for comments.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readFrames(
  body: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let rest = '';
  let id: string | undefined;
  let data: string[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    onChunk();
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.map((one) => one.replace(/\r$/, ''))) {
      if (line === '') {
        if (id !== undefined || data.length > 0) {
          yield { id, data: data.length > 0 ? data.join('\n') : undefined };
        }
        id = undefined;
        data = [];
        continue;
      }
      const [, field, value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === 'id') id = value;
      if (field === 'data') data.push(value);
    }
  }
}

import type { ReadStream, WriteStream } from 'node:tty';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { QuietEnd, exitCodes, usageError } from './failure.ts';

/** Width of a table that goes into a file or a pipe: nothing is cut off there. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** ANSI's codes. `styleText` of Node needs 20.12. */
const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof CODES;

/** Where the program writes, and where it asks. */
export interface Terminal {
  /** The answer, and nothing else, so that other programs can read it. Waits while the reader is slow. */
  print(line: string): Promise<void>;
  /** Everything for the person: progress, hints, errors. */
  note(line: string): void;
  /** Replaces the current line on a terminal; prints nothing elsewhere. */
  progress(line: string): void;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether a person can be asked: input and messages are both on a terminal. */
  readonly canAsk: boolean;
  ask(question: string): Promise<string>;
  /** Does not show what is typed. */
  askSecret(question: string): Promise<string>;
  /** The whole standard input. */
  readInput(): Promise<string>;
  /** Colour, if answers and messages go to a terminal and NO_COLOR is not set (https://no-color.org). */
  style(style: Style, content: string): string;
}

interface Streams {
  readonly stdin: ReadStream | NodeJS.ReadableStream;
  readonly stdout: WriteStream | NodeJS.WritableStream;
  readonly stderr: WriteStream | NodeJS.WritableStream;
}

export function openTerminal({ stdin, stdout, stderr }: Streams, hasColour: boolean): Terminal {
  const isTerminal = isTty(stdout);
  const isColoured = hasColour && isTerminal && isTty(stderr);
  const canAsk = isTty(stdin) && isTty(stderr);
  // The reader of a pipe may end first, as `head` does. Nobody reads what would follow.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.refused);
  });
  // `output` shows the prompt and what is typed.
  const question = async (prompt: string, output: NodeJS.WritableStream): Promise<string> => {
    if (!canAsk)
      throw usageError('There is no terminal on which to ask.', 'Give the value as an option.');
    const lines = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
    lines.once('SIGINT', () => lines.close());
    try {
      const answer = await Promise.race([
        lines.question(prompt),
        once(lines, 'close').then(() => undefined),
      ]);
      if (answer === undefined) throw new QuietEnd(exitCodes.interrupted);
      return answer.trim();
    } finally {
      lines.close();
    }
  };
  return {
    async print(line) {
      if (!stdout.write(`${line}\n`)) await once(stdout, 'drain');
    },
    note: (line) => void stderr.write(`${line}\n`),
    progress(line) {
      if (isTty(stderr)) stderr.write(`\r\u001B[K${line}`);
    },
    width: isTerminal ? (widthOf(stdout) ?? 80) : UNLIMITED,
    canAsk,
    ask: (prompt) => question(prompt, stderr),
    async askSecret(prompt) {
      if (canAsk) stderr.write(prompt);
      const answer = await question(
        prompt,
        new Writable({ write: (_chunk, _coding, done) => done() }),
      );
      stderr.write('\n');
      return answer;
    },
    readInput: () => text(stdin),
    style: (style, content) =>
      isColoured ? `\u001B[${CODES[style]}m${content}\u001B[0m` : content,
  };
}

function isTty(stream: object): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}

function widthOf(stream: object): number | undefined {
  return 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : undefined;
}

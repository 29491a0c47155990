import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'rolldown/utils';

const contracts = new URL('./', import.meta.url).href;

/** Source of a function that describes a schema with its comment, and returns other values unchanged. */
const describe =
  'function $describe(value, text) { return value?._zod ? value.describe(text) : value; }';

/**
 * Turns the comments on fields into descriptions of their schemas, in every contracts module that is imported
 * after this call. A running program cannot see comments, but it can see descriptions.
 */
export function readFieldComments(): void {
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith(contracts)) return next(url, context);
      const source = withDescriptions(readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

function withDescriptions(source: string): string {
  const { program, comments } = parseSync('contracts.ts', source);
  const insertions: { readonly at: number; readonly text: string }[] = [];
  const visitor = new Visitor({
    Property({ start, method, value }) {
      if (method) return;
      const comment = comments.findLast(({ end }) => end <= start);
      const isItsOwn = comment && source.slice(comment.end, start).trim() === '';
      if (!isItsOwn || !comment.value.startsWith('*')) return;
      const text = JSON.stringify(textOf(comment.value));
      insertions.push(
        { at: value.start, text: '$describe(' },
        { at: value.end, text: `, ${text})` },
      );
    },
  });
  visitor.visit(program);
  // Starts at the end, so that earlier positions stay valid.
  const fromEnd = insertions.toSorted((one, other) => other.at - one.at);
  const described = fromEnd.reduce(
    (text, { at, text: more }) => text.slice(0, at) + more + text.slice(at),
    source,
  );
  return `${described}\n${describe}`;
}

/** The text of a comment in one line. */
function textOf(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*\s?/, '').trim());
  return lines.filter((line) => line !== '').join(' ');
}

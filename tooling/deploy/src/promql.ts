import { parser } from '@prometheus-io/lezer-promql';

/** Where an expression is not valid PromQL, by Prometheus's own grammar; undefined if it is valid. */
export function promqlProblem(expr: string): string | undefined {
  let problem: string | undefined;
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) problem ??= `${from}-${to}: ${expr.slice(from, Math.max(to, from + 20))}`;
    },
  });
  return problem;
}

/** The names of the series that an expression queries. */
export function namesIn(expr: string): string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to, node }) => {
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        names.push(expr.slice(from, to));
      }
    },
  });
  return names;
}

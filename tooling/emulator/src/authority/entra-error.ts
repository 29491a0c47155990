import { randomUUID } from 'node:crypto';

/** An error of the authority: the OAuth code that clients read, and Entra's own number. */
export interface EntraError {
  readonly status: 400 | 401;
  readonly error: string;
  readonly code: number;
  readonly text: string;
}

export function entraError(
  error: string,
  code: number,
  text: string,
  status: EntraError['status'] = 400,
): EntraError {
  return { status, error, code, text };
}

export function isEntraError(value: object): value is EntraError {
  return 'error' in value && 'code' in value;
}

/** The JSON body, as Entra writes it. */
export function entraErrorBody(error: EntraError): Record<string, unknown> {
  const traceId = randomUUID();
  const correlationId = randomUUID();
  const timestamp = new Date().toISOString().replace('T', ' ').replace(/\.\d+/, '');
  return {
    error: error.error,
    error_description: `${describe(error)} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${error.code}`,
  };
}

export function describe(error: EntraError): string {
  return `AADSTS${error.code}: ${error.text}`;
}

import { saveFile } from '../parts/csv.ts';
import { toast } from '../parts/toasts.tsx';
import { t } from '../words/words.ts';
import { ownHeaders } from './client.ts';

/** Fetches a file of the API as the person who is signed in, and offers it as a download. */
export async function saveAnswer(path: string, input: object, name: string): Promise<void> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(input)) {
    if (value !== undefined) query.set(key, String(value));
  }
  const answer = await fetch(`${path}?${query}`, { headers: ownHeaders() }).catch(() => undefined);
  if (!answer?.ok) return toast({ tone: 'bad', text: await whyNot(answer) });
  // A broken connection in the middle of the file must not look like its end.
  const text = await answer.text().catch(() => undefined);
  if (text === undefined) return toast({ tone: 'bad', text: t('parts.error.unreachable') });
  saveFile(name, answer.headers.get('content-type') ?? 'text/plain', text);
}

async function whyNot(answer: Response | undefined): Promise<string> {
  if (!answer) return t('parts.error.unreachable');
  const problem = (await answer.json().catch(() => ({}))) as { readonly detail?: string };
  return problem.detail ?? t('parts.error.title');
}

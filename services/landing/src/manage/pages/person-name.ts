import type { Words } from '../../words/words.ts';
import type { Member } from '../../store/members.ts';

/** How people recognise a person; the address tells two of one name apart. */
export function personName(words: Words, { name, email }: Pick<Member, 'name' | 'email'>): string {
  if (name && email) return `${name} (${email})`;
  return name ?? email ?? words.t('people.nameless');
}

import { useState, type ReactNode } from 'react';
import { chosenPublisher } from '../../app/publisher.ts';
import { useSession } from '../../app/session.ts';
import { SelectField } from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';

const ALL = '*';

/**
 * For which publisher access is given. The publisher that the page is about is fixed; a person who works for all of them chooses.
 */
export function usePublisherChoice(): {
  readonly field: ReactNode;
  readonly input: { readonly publisherId?: string };
} {
  const { publishers } = useSession();
  const [chosen, setChosen] = useState(ALL);
  const fixed = chosenPublisher();
  if (fixed !== undefined) return { field: null, input: { publisherId: fixed } };
  if (publishers.length < 2) return { field: null, input: {} };
  return {
    field: (
      <SelectField
        label={t('access.publisher')}
        options={[
          { value: ALL, label: t('access.publisher.all') },
          ...publishers.map((value) => ({ value, label: value })),
        ]}
        value={chosen}
        onChange={setChosen}
      />
    ),
    input: chosen === ALL ? {} : { publisherId: chosen },
  };
}

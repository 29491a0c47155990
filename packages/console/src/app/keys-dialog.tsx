import { Dialog } from '../parts/dialogs.tsx';
import { t } from '../words/words.ts';
import { commandKey } from './keyboard.ts';
import { places } from './nav.ts';
import { useMay } from './session.ts';

/** The keys of the console. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  const may = useMay();
  const lettered = places.filter(
    ({ letter, scope }) => letter !== undefined && (scope === undefined || may(scope)),
  );
  return (
    <Dialog title={t('shell.person.shortcuts')} isOpen onClose={onClose} isWide>
      <div className="keys">
        <KeyList
          title={t('shell.keys.everywhere')}
          keys={[
            [[commandKey, 'K'], t('shell.keys.palette')],
            [['/'], t('shell.keys.search')],
            [['?'], t('shell.keys.help')],
            [['Esc'], t('shell.keys.close')],
          ]}
        />
        <KeyList
          title={t('shell.keys.lists')}
          keys={[
            [['j'], t('shell.keys.next')],
            [['k'], t('shell.keys.previous')],
            [['Enter', 'o'], t('shell.keys.open')],
            [['e'], t('shell.keys.settle')],
          ]}
        />
        <KeyList
          title={t('shell.keys.go')}
          keys={lettered.map(({ letter = '', label }) => [['g', letter], t(label)])}
        />
      </div>
    </Dialog>
  );
}

function KeyList({
  title,
  keys,
}: {
  readonly title: string;
  readonly keys: readonly (readonly [keys: readonly string[], meaning: string])[];
}) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {keys.map(([pressed, meaning]) => (
          <div key={pressed.join(' ')}>
            <dt>{meaning}</dt>
            <dd>
              {pressed.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

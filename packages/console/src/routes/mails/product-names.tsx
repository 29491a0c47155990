import { useState } from 'react';
import { Button, IconButton } from '../../parts/button.tsx';
import { TextField } from '../../parts/fields.tsx';
import { t } from '../../words/words.ts';

/** What customers call each offer, by offer ID. */
export function ProductNames({
  names,
  onChange,
}: {
  readonly names: Readonly<Record<string, string>>;
  readonly onChange: ((names: Record<string, string>) => void) | undefined;
}) {
  const [offerId, setOfferId] = useState('');
  const add = () => {
    onChange?.({ ...names, [offerId.trim()]: offerId.trim() });
    setOfferId('');
  };
  return (
    <fieldset className="field-group">
      <legend>{t('mails.products')}</legend>
      <p className="field-hint">{t('mails.products.hint')}</p>
      {Object.entries(names).map(([id, name]) => (
        <div key={id} className="mail-product">
          <TextField
            label={id}
            value={name}
            maxLength={200}
            isDisabled={!onChange}
            onChange={(text) => onChange?.({ ...names, [id]: text })}
          />
          {onChange && (
            <IconButton
              icon="close"
              label={t('mails.products.remove', { offer: id })}
              onPress={() => {
                const { [id]: _, ...others } = names;
                onChange(others);
              }}
            />
          )}
        </div>
      ))}
      {onChange && (
        <div className="row row-end">
          <TextField
            label={t('mails.products.offer')}
            value={offerId}
            maxLength={100}
            isMono
            onChange={setOfferId}
          />
          <Button isDisabled={offerId.trim() === '' || offerId.trim() in names} onPress={add}>
            {t('mails.products.add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

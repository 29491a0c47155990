import { t } from '../words/words.ts';
import { Button } from './button.tsx';
import { copyText } from './id.tsx';
import { Notice } from './notice.tsx';

/** A secret or link that has just been created. It leaves the page for good when the person says so. */
export function ShownOnce({
  title,
  text,
  secret,
  onStored,
}: {
  readonly title: string;
  readonly text: string;
  readonly secret: string;
  readonly onStored: () => void;
}) {
  return (
    <Notice
      tone="warn"
      title={title}
      actions={
        <Button isSmall onPress={onStored}>
          {t('parts.once.stored')}
        </Button>
      }
    >
      <p>{text}</p>
      <div className="secret">
        <code>{secret}</code>
        <Button isSmall icon="copy" onPress={() => void copyText(secret)}>
          {t('parts.copy')}
        </Button>
      </div>
    </Notice>
  );
}

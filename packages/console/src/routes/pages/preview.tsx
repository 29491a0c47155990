import { useEffect, useRef, useState } from 'react';
import { chosenPublisher } from '../../app/publisher.ts';
import { t } from '../../words/words.ts';

/**
 * The page with the draft, made by Landfall as buyers will get it. Each draft is sent into a frame of its own, which takes the place
 * of the former one when it has loaded: nothing flashes, and the browser's history does not grow.
 */
export function PagePreview({
  draft,
  isPhone,
}: {
  /** The input of `offerPages.preview` as JSON. */
  readonly draft: string;
  readonly isPhone: boolean;
}) {
  const [frames, setFrames] = useState<readonly string[]>([draft]);
  const newest = frames.at(-1);
  if (newest !== draft) setFrames([...frames.filter((one) => one !== draft), draft]);
  const show = (loaded: string) =>
    setFrames((before) => before.slice(Math.max(0, before.indexOf(loaded))));
  return (
    <div className={isPhone ? 'pages-preview pages-preview-phone' : 'pages-preview'}>
      {frames.map((one, index) => (
        <DraftFrame key={one} draft={one} isHidden={index > 0} onLoad={() => show(one)} />
      ))}
    </div>
  );
}

function DraftFrame({
  draft,
  isHidden,
  onLoad,
}: {
  readonly draft: string;
  /** It waits behind the one that is shown. */
  readonly isHidden: boolean;
  readonly onLoad: () => void;
}) {
  const [name] = useState(() => `preview-${crypto.randomUUID()}`);
  const form = useRef<HTMLFormElement>(null);
  const isSent = useRef(false);
  useEffect(() => {
    if (isSent.current) return;
    isSent.current = true;
    form.current?.submit();
  }, []);
  return (
    <>
      <form ref={form} hidden method="post" action="/console/page-preview" target={name}>
        <input type="hidden" name="draft" value={draft} />
        {chosenPublisher() !== undefined && (
          <input type="hidden" name="publisher" value={chosenPublisher()} />
        )}
      </form>
      <iframe
        name={name}
        title={t('pages.preview')}
        sandbox=""
        className={isHidden ? 'pages-frame-waiting' : ''}
        aria-hidden={isHidden}
        tabIndex={isHidden ? -1 : 0}
        // The empty document that a new frame begins with is loaded first.
        onLoad={() => isSent.current && onLoad()}
      />
    </>
  );
}

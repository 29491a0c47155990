import { useQuery } from '@tanstack/react-query';
import { customerMails } from '../../api/customer-mails.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { Sending } from './sending.tsx';
import { Texts } from './texts.tsx';
import './mails.css';

/** Mails to customers: whether and which, and what they say. */
export function MailsPage() {
  const query = useQuery(customerMails());
  return (
    <Page title={t('mails.title')} about={t('mails.about')}>
      <Loaded query={query} lines={12}>
        {(settings) => (
          <>
            {!settings.isReady && (
              <Notice tone="warn" title={t('mails.notReady')}>
                <p>{settings.nextStep}</p>
              </Notice>
            )}
            <Sending key={JSON.stringify(settings)} saved={settings} />
            <Texts settings={settings} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

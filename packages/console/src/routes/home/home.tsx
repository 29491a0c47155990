import { Page } from '../../parts/page.tsx';
import { t } from '../../words/words.ts';

export function HomePage() {
  return <Page title={t('shell.home')}>{null}</Page>;
}

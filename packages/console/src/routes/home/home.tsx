import { useQuery } from '@tanstack/react-query';
import { matterCounts } from '../../api/overview.ts';
import { useMay, useSession } from '../../app/session.ts';
import { Page } from '../../parts/page.tsx';
import { t } from '../../words/words.ts';
import { Heard } from './heard.tsx';
import { Money } from './money.tsx';
import { Tomorrow } from './tomorrow.tsx';
import { Truth } from './truth.tsx';
import { Waiting } from './waiting.tsx';
import './home.css';

/** Five questions, answered without a click. Each number leads to what is behind it. */
export function HomePage() {
  const may = useMay();
  const { person } = useSession();
  const name = person.name.split(' ')[0] ?? person.name;
  return (
    <Page title={t('home.hello', { name })} tabTitle={t('shell.home')} about={<Verdict />}>
      <div className="home">
        {may('matters:read') && <Waiting />}
        {may('subscriptions:read') && <Truth />}
        {may('notifications:read') && <Heard />}
        {may('usage:read') && <Money />}
        {may('destinations:read') && <Tomorrow />}
      </div>
    </Page>
  );
}

/** The shortest answer. */
function Verdict() {
  const may = useMay();
  const { data } = useQuery({ ...matterCounts(), enabled: may('matters:read') });
  if (!data) return t('home.about');
  if (data.open === 0) return t('home.verdict.none');
  return t('home.verdict.some', { open: data.open, overdue: data.overdue });
}

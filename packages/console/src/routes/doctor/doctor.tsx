import { useQuery } from '@tanstack/react-query';
import { chosenPublisher } from '../../app/publisher.ts';
import { doctorRun, type Check } from '../../api/system.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Page, Section } from '../../parts/page.tsx';
import { RawJson } from '../../parts/json.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useNow } from '../../parts/time.tsx';
import { ago, t } from '../../words/words.ts';
import { CheckRow, severityTones } from './check.tsx';

export function DoctorPage() {
  const query = useQuery(doctorRun(chosenPublisher()));
  const { data } = query;
  const now = useNow();
  const isBad = ({ severity }: Check) => severity !== 'ok' && severity !== 'notice';
  const trouble = data?.checks.filter(isBad) ?? [];
  const fine = data?.checks.filter((check) => !isBad(check)) ?? [];
  return (
    <Page
      title={t('system.doctor')}
      about={t('system.doctor.about')}
      actions={
        <>
          <ButtonLink to="/setup" icon="checklist">
            {t('system.setup')}
          </ButtonLink>
          <Button
            look="primary"
            icon="refresh"
            isPending={query.isFetching}
            onPress={() => void query.refetch()}
          >
            {t('system.doctor.run')}
          </Button>
        </>
      }
    >
      {query.error !== null && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {data === undefined && query.error === null && (
        <Card>
          <p className="muted">{t('system.doctor.running')}</p>
          <Skeleton lines={12} />
        </Card>
      )}
      {data && (
        <>
          <Notice
            tone={trouble.length === 0 ? 'good' : severityTones[data.worst]}
            title={t('system.doctor.result', { count: trouble.length })}
          >
            <p>
              {t('system.doctor.when', {
                when: ago(data.checkedAt, now),
                count: data.checks.length,
              })}
            </p>
          </Notice>
          {trouble.length > 0 && (
            <Section title={t('system.doctor.trouble')}>
              <CheckList checks={trouble} />
            </Section>
          )}
          {fine.length > 0 && (
            <Section title={t('system.doctor.fine')}>
              <CheckList checks={fine} />
            </Section>
          )}
          <RawJson value={data} />
        </>
      )}
    </Page>
  );
}

export function CheckList({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <Card isFlush>
      <ul className="check-list">
        {checks.map((check) => (
          <CheckRow
            key={`${check.check} ${check.service} ${check.publisherId} ${check.finding}`}
            check={check}
          />
        ))}
      </ul>
    </Card>
  );
}

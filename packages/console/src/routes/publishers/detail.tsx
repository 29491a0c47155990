import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { publisherList, type Publisher } from '../../api/publishers.ts';
import { credentials, notificationsOfPublisher, runsOfPublisher } from '../../api/system.ts';
import { useMay } from '../../app/session.ts';
import { ButtonLink } from '../../parts/button.tsx';
import { Id } from '../../parts/id.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Card, Facts, Page, Section } from '../../parts/page.tsx';
import { EmptyState, Loaded } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../words/words.ts';
import { CredentialStatus, fromPath } from './credential.tsx';
import { OfferSettings } from './settings.tsx';

const route = getRouteApi('/publishers/$publisherId');

export function PublisherPage() {
  const publisherId = fromPath(route.useParams().publisherId);
  const query = useQuery(publisherList());
  const publisher = query.data?.find((one) => one.publisherId === publisherId);
  const may = useMay();
  return (
    <Page
      title={publisherId ?? t('system.publisher.only')}
      crumbs={[{ label: t('system.publishers'), link: { to: '/publishers' } }]}
      aside={publisher && <CredentialStatus state={publisher.credential} />}
      actions={
        <ButtonLink icon="stethoscope" to="/doctor">
          {t('system.doctor')}
        </ButtonLink>
      }
    >
      <Loaded query={query} lines={8}>
        {() =>
          publisher ? (
            <>
              <div className="two-columns two-columns-even">
                {may('credentials:read') && <Credential publisher={publisher} />}
                <Connection publisherId={publisherId} />
              </div>
              {may('settings:read') && <OfferSettings publisherId={publisherId} />}
            </>
          ) : (
            <EmptyState
              icon="building"
              title={t('system.publisher')}
              text={t('system.publisher.gone')}
            />
          )
        }
      </Loaded>
    </Page>
  );
}

function Credential({ publisher }: { readonly publisher: Publisher }) {
  const query = useQuery(credentials());
  return (
    <Section title={t('system.credential')}>
      <Loaded query={query} lines={5}>
        {({ publishers }) => {
          const own = publishers.find((one) => one.publisherId === publisher.publisherId);
          const { nextStep, explanation, daysLeft, lastSuccessAt, failure, lastFailureAt } =
            own ?? {};
          return (
            <>
              {nextStep !== undefined && (
                <Notice tone={own?.state === 'expiring' ? 'warn' : 'bad'} title={nextStep}>
                  {explanation !== undefined && <p>{explanation}</p>}
                </Notice>
              )}
              <Card>
                <Facts
                  items={[
                    [t('system.credential.kind'), own?.kind],
                    [
                      t('system.credential.daysLeft'),
                      daysLeft === undefined
                        ? t('system.credential.end.unknown')
                        : t('system.credential.days', { count: Math.max(0, daysLeft) }),
                    ],
                    [
                      t('system.credential.lastToken'),
                      lastSuccessAt && <Time at={lastSuccessAt} />,
                    ],
                    [
                      t('system.credential.failure'),
                      failure !== undefined && lastFailureAt !== undefined ? (
                        <>
                          <code>{failure}</code> <Time at={lastFailureAt} />
                        </>
                      ) : undefined,
                    ],
                    [t('system.tenant'), <Id key="tenant" value={publisher.tenantId} />],
                    [t('system.application'), <Id key="application" value={publisher.clientId} />],
                  ]}
                />
              </Card>
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

/** Both directions: what Landfall reads from Microsoft, and what Microsoft sends. */
function Connection({ publisherId }: { readonly publisherId: string | undefined }) {
  const may = useMay();
  const runs = useQuery({
    ...runsOfPublisher(publisherId),
    enabled: may('subscriptions:read'),
  });
  const heard = useQuery({
    ...notificationsOfPublisher(publisherId),
    enabled: may('notifications:read'),
  });
  const run = runs.data?.items[0];
  return (
    <Section title="Microsoft">
      <Card>
        <Facts
          items={[
            [
              t('system.reconciliation'),
              run === undefined ? (
                t('system.reconciliation.never')
              ) : (
                <span className="two-lines">
                  <Time at={run.startedAt} />
                  <small>
                    {run.failure ??
                      t('system.reconciliation.drifted', {
                        drifted: run.drifted,
                        listed: run.listed,
                        healed: run.healed,
                      })}
                  </small>
                </span>
              ),
            ],
            [
              t('system.webhook'),
              heard.data && (
                <span className="two-lines">
                  {heard.data.lastReceivedAt === undefined ? (
                    <span>{t('system.reconciliation.never')}</span>
                  ) : (
                    <Time at={heard.data.lastReceivedAt} />
                  )}
                  <small>{t('system.webhook.waiting', { count: heard.data.waiting })}</small>
                </span>
              ),
            ],
          ]}
        />
      </Card>
    </Section>
  );
}

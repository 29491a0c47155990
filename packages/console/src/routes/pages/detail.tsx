import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { offerPage } from '../../api/offer-pages.ts';
import { chosenPublisher } from '../../app/publisher.ts';
import { useSession } from '../../app/session.ts';
import { Page } from '../../parts/page.tsx';
import { EmptyState, Loaded } from '../../parts/states.tsx';
import { t } from '../../words/words.ts';
import { Editor } from './editor.tsx';
import { ALL_OFFERS } from './place.ts';
import './pages.css';

const route = getRouteApi('/pages/$offerId');

/** The landing pages of an offer, or of all offers: what they say beside how they look. */
export function OfferPagePage() {
  const params = route.useParams();
  const { of } = route.useSearch();
  const { publishers } = useSession();
  const publisherId = of ?? chosenPublisher() ?? publishers[0];
  const offerId = params.offerId === ALL_OFFERS ? undefined : params.offerId;
  return (
    <Page
      title={offerId ?? t('pages.all')}
      about={t(offerId === undefined ? 'pages.all.about' : 'pages.offer.about')}
      crumbs={[{ label: t('pages.title'), link: { to: '/pages' } }]}
    >
      {publisherId === undefined ? (
        <EmptyState icon="window" title={t('pages.publisher')} text={t('pages.noPublisher')} />
      ) : (
        <Settings key={publisherId} publisherId={publisherId} offerId={offerId} />
      )}
    </Page>
  );
}

function Settings({
  publisherId,
  offerId,
}: {
  readonly publisherId: string;
  readonly offerId: string | undefined;
}) {
  const place = { publisherId, ...(offerId === undefined ? {} : { offerId }) };
  const query = useQuery(offerPage(place));
  const above = useQuery({ ...offerPage({ publisherId }), enabled: offerId !== undefined });
  return (
    <Loaded query={query} lines={16}>
      {(stored) => (
        <Editor
          key={stored?.updatedAt ?? ''}
          place={place}
          stored={stored}
          above={offerId === undefined ? undefined : (above.data?.page.branding ?? undefined)}
        />
      )}
    </Loaded>
  );
}

import { useQuery } from '@tanstack/react-query';
import {
  allDestinations,
  credentialStatus,
  deliverySummary,
  firingAlerts,
} from '../../api/overview.ts';
import { useMay } from '../../app/session.ts';
import type { Tone } from '../../parts/badge.tsx';
import { Stat } from '../../parts/stat.tsx';
import { useNow } from '../../parts/time.tsx';
import { ago, number, t } from '../../words/words.ts';
import { Question, worst } from './question.tsx';

const credentialTones = {
  ok: 'good',
  expiring: 'warn',
  expired: 'bad',
  rejected: 'bad',
  unknown: 'quiet',
} as const;

/** Will it still work tomorrow? */
export function Tomorrow() {
  const credential = useCredential();
  const queue = useQueue();
  const targets = useTargets();
  const services = useServices();
  const parts = [credential, queue, targets, services];
  const tone = worst(...parts.map((part) => part.tone));
  return (
    <Question
      title={t('home.tomorrow')}
      tone={tone}
      answer={t(
        tone === 'good'
          ? 'home.tomorrow.yes'
          : tone === 'quiet'
            ? 'parts.unknown'
            : 'home.tomorrow.no',
      )}
    >
      <div className="stats">
        {parts.map(({ key, tone: own, ...stat }) => (
          <Stat key={key} tone={own === 'good' ? 'quiet' : own} {...stat} />
        ))}
      </div>
    </Question>
  );
}

function useCredential() {
  const may = useMay();
  const { data } = useQuery({ ...credentialStatus(), enabled: may('credentials:read') });
  const tone: Tone = data ? credentialTones[data.state] : 'quiet';
  return {
    key: 'credential',
    tone,
    label: t('home.tomorrow.credential'),
    value:
      data &&
      (data.daysLeft === undefined
        ? t(`home.tomorrow.credential.${data.state}`)
        : t('home.tomorrow.days', { count: data.daysLeft })),
    detail: data && t('home.tomorrow.credential.detail', { kind: data.kind }),
    link: { to: '/publishers' as '/' },
  };
}

/** Deliveries are retried for days; an hour without progress is worth a look. */
const SLOW_MS = 60 * 60_000;

function useQueue() {
  const { data } = useQuery(deliverySummary());
  const now = useNow();
  const since = data?.waitingSince;
  const isSlow = since !== undefined && now.getTime() - Date.parse(since) > SLOW_MS;
  const tone: Tone = !data ? 'quiet' : isSlow ? 'warn' : 'good';
  return {
    key: 'queue',
    tone,
    label: t('home.tomorrow.queue'),
    value: data && number(data.waiting),
    detail:
      data &&
      (since === undefined
        ? t('home.tomorrow.queue.empty')
        : t('home.tomorrow.queue.since', { ago: ago(since, now) })),
    trend: data?.days.map(({ delivered }) => delivered),
    link: { to: '/deliveries' as '/' },
  };
}

function useTargets() {
  const { data } = useQuery(allDestinations());
  const failing = data?.items.filter(
    ({ failingSince, disabledBecause = 'operator' }) =>
      failingSince !== undefined || disabledBecause !== 'operator',
  ).length;
  const tone: Tone = failing === undefined ? 'quiet' : failing > 0 ? 'bad' : 'good';
  return {
    key: 'targets',
    tone,
    label: t('home.tomorrow.targets'),
    value: data && number(data.items.length),
    detail:
      failing === undefined
        ? undefined
        : t(failing > 0 ? 'home.tomorrow.targets.failing' : 'home.tomorrow.targets.fine', {
            count: failing,
          }),
    link: { to: '/destinations' },
  } as const;
}

function useServices() {
  const may = useMay();
  const { data } = useQuery({ ...firingAlerts(), enabled: may('alerts:read'), retry: false });
  const silent = data?.services.filter(({ answers }) => !answers).length ?? 0;
  const firing = data?.firing.length ?? 0;
  const tone: Tone = !data ? 'quiet' : silent > 0 ? 'bad' : firing > 0 ? 'warn' : 'good';
  return {
    key: 'services',
    tone,
    label: t('home.tomorrow.services'),
    value:
      data &&
      t('home.tomorrow.services.of', {
        answering: data.services.length - silent,
        all: data.services.length,
      }),
    detail: data && t('home.tomorrow.alerts', { count: firing }),
    link: { to: '/health' as '/' },
  };
}

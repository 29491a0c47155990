import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { matterCounts } from '../api/overview.ts';
import { Count } from '../parts/badge.tsx';
import { Hints } from '../parts/hint.tsx';
import { Icon, Mark } from '../parts/icon.tsx';
import { IconButton } from '../parts/button.tsx';
import { Menu } from '../parts/menu.tsx';
import { Toasts } from '../parts/toasts.tsx';
import { languageNames, languages } from '@landfall/words/language';
import { chooseLanguage } from '../words/language.ts';
import { language, loadWords, t } from '../words/words.ts';
import { followEvents, useIsLive } from './live.ts';
import { commandKey } from './keyboard.ts';
import { groups, type Place } from './nav.ts';
import { openShortcut, Shortcuts } from './shortcuts.tsx';
import { signOut, useMay, useSession } from './session.ts';
import { chooseTheme, themes, useTheme } from './theme.ts';

/** What is around every page: the menu, the publisher, the person. */
export function Frame() {
  const [isOpen, setOpen] = useState(false);
  const { pathname, search } = useLocation();
  const { publisher } = search;
  useEffect(() => setOpen(false), [pathname]);
  useEffect(() => followEvents(), [publisher]);
  return (
    <div className="frame" data-menu={isOpen || undefined}>
      <a className="skip" href="#content">
        {t('shell.skip')}
      </a>
      <header className="topbar">
        <IconButton
          icon={isOpen ? 'close' : 'menu'}
          label={t(isOpen ? 'shell.nav.close' : 'shell.nav.open')}
          onPress={() => setOpen(!isOpen)}
        />
        <Link to="/" className="brand">
          <Mark size={22} />
          <span>Landfall</span>
        </Link>
      </header>
      <aside className="sidebar">
        <div className="sidebar-head">
          <Link to="/" className="brand">
            <Mark size={24} />
            <span>Landfall</span>
          </Link>
          <LiveSign />
        </div>
        <PublisherSwitch />
        <SearchButton />
        <Navigation />
        <div className="sidebar-foot">
          <PersonMenu />
        </div>
      </aside>
      <div className="sidebar-scrim" onClick={() => setOpen(false)} aria-hidden="true" />
      <main id="content" className="content" tabIndex={-1}>
        <OfflineNote />
        <LocalNote />
        <Outlet key={publisher ?? ''} />
      </main>
      <Toasts />
      <Hints />
      <Shortcuts />
    </div>
  );
}

function SearchButton() {
  return (
    <AriaButton className="search-button" onPress={() => openShortcut('palette')}>
      <Icon name="search" />
      <span>{t('shell.search')}</span>
      <kbd>{commandKey} K</kbd>
    </AriaButton>
  );
}

function Navigation() {
  const may = useMay();
  const visible = groups.flatMap(({ label, places }) => {
    const allowed = places.filter(({ scope }) => scope === undefined || may(scope));
    return allowed.length === 0 ? [] : [{ label, places: allowed }];
  });
  return (
    <nav className="nav" aria-label={t('shell.nav')}>
      {visible.map(({ label, places }) => (
        <div key={label} className="nav-group">
          <h2>{t(label)}</h2>
          <ul>
            {places.map((place) => (
              <NavLink key={place.to} place={place} />
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** Places whose address begins with that of another place. */
const EXACT: ReadonlySet<string> = new Set(['/', '/usage']);

/** How many matters are open, beside their place in the menu. */
function OpenMatters() {
  const { data } = useQuery(matterCounts());
  if (!data || data.open === 0) return null;
  const isUrgent = data.critical + data.overdue > 0;
  return <Count value={data.open} tone={isUrgent ? 'bad' : 'quiet'} />;
}

function NavLink({ place: { to, label, icon } }: { readonly place: Place }) {
  const may = useMay();
  return (
    <li>
      <Link
        to={to as '/'}
        className="nav-link"
        activeOptions={{ exact: EXACT.has(to), includeSearch: false }}
      >
        <Icon name={icon} />
        {t(label)}
        {to === '/matters' && may('matters:read') && <OpenMatters />}
      </Link>
    </li>
  );
}

function PublisherSwitch() {
  const { publishers, mustChoose } = useSession();
  const navigate = useNavigate();
  const { publisher } = useLocation().search;
  if (publishers.length < 2) return null;
  const choose = (id: string | undefined) => navigate({ to: '.', search: { publisher: id } });
  const shown = publisher ?? t(mustChoose ? 'shell.publisher.choose' : 'shell.publisher.all');
  return (
    <Menu
      label={t('shell.publisher')}
      groups={[
        {
          entries: [
            ...(mustChoose
              ? []
              : [
                  {
                    id: 'all',
                    label: t('shell.publisher.all'),
                    isSelected: publisher === undefined,
                    run: () => void choose(undefined),
                  },
                ]),
            ...publishers.map((one) => ({
              id: `publisher ${one}`,
              label: one,
              isSelected: one === publisher,
              run: () => void choose(one),
            })),
          ],
        },
      ]}
    >
      <AriaButton className="switcher" aria-label={`${t('shell.publisher')}: ${shown}`}>
        <Icon name="building" />
        <span className="clip">{shown}</span>
        <Icon name="down" size={12} />
      </AriaButton>
    </Menu>
  );
}

function PersonMenu() {
  const { person, role, version } = useSession();
  const theme = useTheme();
  return (
    <Menu
      label={t('shell.person')}
      groups={[
        {
          label: t('shell.theme'),
          entries: themes.map((one) => ({
            id: one,
            label: t(`shell.theme.${one}`),
            icon: one === 'dark' ? 'moon' : one === 'light' ? 'sun' : 'window',
            isSelected: one === theme,
            run: () => chooseTheme(one),
          })),
        },
        {
          label: t('shell.language'),
          entries: languages.map((one) => ({
            id: `language ${one}`,
            label: languageNames[one],
            isSelected: one === language,
            run: () => chooseLanguage(one),
          })),
        },
        {
          label: t('shell.version', { version }),
          entries: [
            {
              id: 'keys',
              label: t('shell.person.shortcuts'),
              icon: 'keyboard',
              run: () => openShortcut('keys'),
            },
            {
              id: 'sign-out',
              label: t('shell.person.signOut'),
              icon: 'exit',
              run: signOut,
            },
          ],
        },
      ]}
    >
      <AriaButton className="person">
        <span className="avatar" aria-hidden="true">
          {person.name.slice(0, 1).toUpperCase()}
        </span>
        <span className="person-text">
          <span className="clip">{person.name}</span>
          <small>{t('shell.person.role', { role: role ?? 'none' })}</small>
        </span>
        <Icon name="more" />
      </AriaButton>
    </Menu>
  );
}

/** Only the local stack needs its code. */
const LocalBanner = lazy(async () => {
  const [{ LocalBanner: banner }] = await Promise.all([
    import('./local-banner.tsx'),
    loadWords('local'),
  ]);
  return { default: banner };
});

function LocalNote() {
  const { local } = useSession();
  return local ? (
    <Suspense>
      <LocalBanner marketplaceUrl={local.marketplaceUrl} />
    </Suspense>
  ) : null;
}

function OfflineNote() {
  const isOnline = useSyncExternalStore(
    (listener) => {
      window.addEventListener('online', listener);
      window.addEventListener('offline', listener);
      return () => {
        window.removeEventListener('online', listener);
        window.removeEventListener('offline', listener);
      };
    },
    () => navigator.onLine,
  );
  return isOnline ? null : (
    <p className="offline" role="status">
      {t('shell.offline')}
    </p>
  );
}

function LiveSign() {
  const isLive = useIsLive();
  return (
    <span
      className={isLive ? 'live live-on' : 'live'}
      data-hint={t(isLive ? 'shell.live.hint' : 'shell.live.off.hint')}
      role="status"
    >
      {t(isLive ? 'shell.live.on' : 'shell.live.off')}
    </span>
  );
}

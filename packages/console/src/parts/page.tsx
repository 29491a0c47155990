import { Link, type LinkProps } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface PageProps {
  readonly title: string;
  /** In the browser's tab, if it is not the heading. */
  readonly tabTitle?: string;
  /** One sentence: what the page is for. */
  readonly about?: ReactNode;
  /** The pages above this one, such as the list of a detail page. */
  readonly crumbs?: readonly { readonly label: string; readonly link: LinkProps }[];
  /** Beside the title: a state, an id. */
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  /** Narrower, for forms and prose. */
  readonly isNarrow?: boolean;
  readonly children: ReactNode;
}

/** The frame of every page: its title in the tab and as the heading, its actions, its place. */
export function Page({
  title,
  tabTitle = title,
  about,
  crumbs = [],
  aside,
  actions,
  isNarrow = false,
  children,
}: PageProps) {
  useEffect(() => {
    document.title = `${tabTitle} · Landfall`;
  }, [tabTitle]);
  return (
    <div className={isNarrow ? 'page page-narrow' : 'page'}>
      <header className="page-head">
        <div className="page-titles">
          {crumbs.length > 0 && (
            <nav className="crumbs" aria-label="Breadcrumb">
              {crumbs.map(({ label, link }) => (
                <span key={label}>
                  <Link {...link}>{label}</Link>
                  <Icon name="right" size={12} />
                </span>
              ))}
            </nav>
          )}
          <div className="page-title">
            <h1>{title}</h1>
            {aside}
          </div>
          {about !== undefined && <p className="page-about">{about}</p>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with a heading. */
export function Section({
  title,
  about,
  actions,
  children,
}: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="section" aria-label={title}>
      <header className="section-head">
        <div>
          <h2>{title}</h2>
          {about !== undefined && <p className="muted">{about}</p>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}

/** A surface with a border. */
export function Card({
  children,
  isFlush = false,
}: {
  readonly children: ReactNode;
  /** No padding, for tables and lists. */
  readonly isFlush?: boolean;
}) {
  return <div className={isFlush ? 'card card-flush' : 'card'}>{children}</div>;
}

/** Names with values: what a record holds. Values that are undefined are left out. */
export function Facts({
  items,
}: {
  readonly items: readonly (readonly [name: string, value: ReactNode])[];
}) {
  return (
    <dl className="facts">
      {items
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

import type { ReactNode } from 'react';
import { Mark } from '../parts/icon.tsx';
import { t } from '../words/words.ts';
import { signInAddress, useSessionState } from './session.ts';

/** Shows the pages while a session is open, and otherwise what is wrong. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { state } = useSessionState();
  if (state === 'open') return children;
  if (state === 'signed-out') {
    return (
      <GateNote title={t('shell.signedOut.title')} text={t('shell.signedOut.text')}>
        <a className="button button-primary" href={signInAddress()}>
          {t('shell.signedOut.signIn')}
        </a>
      </GateNote>
    );
  }
  if (state === 'unreachable') {
    return <GateNote title={t('shell.unreachable.title')} text={t('shell.unreachable.text')} />;
  }
  return null;
}

function GateNote({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}) {
  return (
    <main className="gate">
      <Mark size={40} />
      <h1>{title}</h1>
      <p>{text}</p>
      {children}
    </main>
  );
}

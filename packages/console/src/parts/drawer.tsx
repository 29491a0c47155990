import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { t } from '../words/words.ts';
import { IconButton } from './button.tsx';
import './drawer.css';

/** A panel at the side that shows a row of the list behind it. Keep what is open in the URL. Escape closes it. */
export function Drawer({
  title,
  isOpen,
  onClose,
  aside,
  children,
}: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <ModalOverlay
      className="drawer-scrim"
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
    >
      <Modal className="drawer">
        <Dialog className="drawer-body">
          <header className="drawer-head">
            <div className="row">
              <Heading slot="title">{title}</Heading>
              {aside}
            </div>
            <IconButton icon="close" label={t('parts.close')} onPress={onClose} />
          </header>
          <div className="drawer-content">{children}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

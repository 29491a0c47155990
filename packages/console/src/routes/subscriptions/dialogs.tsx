import type { ReactNode } from 'react';
import type { Ask } from './actions.tsx';
import { CancelDialog, PlanDialog, SeatsDialog } from './change-dialogs.tsx';
import type { DialogProps } from './dialog-parts.tsx';
import { OwnerDialog } from './owner-dialog.tsx';
import {
  ActivateDialog,
  ApproveDialog,
  DeclineDialog,
  ProvisionedDialog,
  ReplayDialog,
  ResendDialog,
} from './purchase-dialogs.tsx';

const dialogs: Readonly<Record<Ask, (props: DialogProps) => ReactNode>> = {
  approve: ApproveDialog,
  decline: DeclineDialog,
  activate: ActivateDialog,
  provisioned: ProvisionedDialog,
  replay: ReplayDialog,
  resend: ResendDialog,
  plan: PlanDialog,
  seats: SeatsDialog,
  owner: OwnerDialog,
  cancel: CancelDialog,
};

/** The dialog of the command that a person asked for. */
export function Dialogs({ asking, ...props }: DialogProps & { readonly asking: Ask | undefined }) {
  if (asking === undefined) return null;
  const Asked = dialogs[asking];
  return <Asked {...props} />;
}

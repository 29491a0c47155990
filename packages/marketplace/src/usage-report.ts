import { canonical, listItems, reader, type Open } from './read.ts';

const RECON_STATUSES = [
  'Submitted',
  'Accepted',
  'Rejected',
  'Mismatch',
  'TestHeaders',
  'DryRun',
] as const;

/** How far Microsoft has processed a day: Submitted means not yet. TestHeaders and DryRun are not billed. */
export type ReconStatus = Open<(typeof RECON_STATUSES)[number]>;

/**
 * One day of one meter in Microsoft's usage report. Quantities are exact decimals. What was not sent or cannot
 * be read is undefined: it is not known, and never counts as zero.
 */
export interface UsageReportRow {
  readonly usageDate?: Date | undefined;
  readonly resourceId?: string | undefined;
  readonly dimension?: string | undefined;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly azureSubscriptionId?: string | undefined;
  /** Empty if it was not sent. */
  readonly reconStatus: ReconStatus;
  readonly submittedQuantity?: string | undefined;
  readonly processedQuantity?: string | undefined;
  readonly submittedCount?: number | undefined;
  readonly problems: readonly string[];
  readonly raw: unknown;
}

/** Reads the report, which is currently a bare array. Skips entries that are not objects; never throws. */
export function decodeUsageRows(body: unknown): readonly UsageReportRow[] {
  return listItems(body, 'usageEvents').flatMap((raw) => {
    const problems: string[] = [];
    const from = reader(raw, problems);
    if (!from) return [];
    return [
      {
        usageDate: from.date('usageDate'),
        resourceId: from.guid('usageResourceId'),
        dimension: from.text('dimension'),
        offerId: from.text('offerId'),
        planId: from.text('planId'),
        azureSubscriptionId: from.guid('azureSubscriptionId'),
        reconStatus: canonical(from.text('reconStatus') ?? '', RECON_STATUSES),
        submittedQuantity: from.decimal('submittedQuantity'),
        processedQuantity: from.decimal('processedQuantity'),
        submittedCount: from.number('submittedCount'),
        problems,
        raw,
      },
    ];
  });
}

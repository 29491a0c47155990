import { listItems, reader } from './read.ts';

/**
 * One day of one meter, as Microsoft's usage report tells it. `reconStatus` is open: Submitted, Accepted,
 * Rejected, Mismatch, TestHeaders and DryRun are known. Names are empty until the day is processed.
 */
export interface UsageReportRow {
  readonly usageDate?: Date | undefined;
  readonly resourceId?: string | undefined;
  readonly dimension?: string | undefined;
  readonly offerId?: string | undefined;
  readonly planId?: string | undefined;
  readonly azureSubscriptionId?: string | undefined;
  readonly reconStatus: string;
  readonly submittedQuantity: number;
  readonly processedQuantity: number;
  readonly submittedCount: number;
  readonly problems: readonly string[];
  readonly raw: unknown;
}

/** Reads the report, a bare array today. Entries that are no objects are left out; nothing throws. */
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
        reconStatus: from.text('reconStatus') ?? '',
        submittedQuantity: from.number('submittedQuantity') ?? 0,
        processedQuantity: from.number('processedQuantity') ?? 0,
        submittedCount: from.number('submittedCount') ?? 0,
        problems,
        raw,
      },
    ];
  });
}

import { listItems, reader } from './read.ts';

/**
 * One day of one meter in Microsoft's usage report. `reconStatus` is an open set: Submitted, Accepted,
 * Rejected, Mismatch, TestHeaders and DryRun are known. Names are empty until Microsoft has processed the day.
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

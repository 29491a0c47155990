export type Included = number | 'unlimited';

/** The price of a plan for one term, and the usage that it includes. */
export interface BillingTerm {
  readonly termUnit: string;
  readonly price: number;
  readonly description: string;
  /** The quantity included in one term, by dimension id; 0 for every other dimension of the plan. */
  readonly included?: Readonly<Record<string, Included>> | undefined;
}

export interface Dimension {
  readonly id: string;
  readonly displayName: string;
  readonly unitOfMeasure: string;
  readonly pricePerUnit: number;
}

export interface Plan {
  readonly planId: string;
  readonly displayName: string;
  readonly description: string;
  readonly terms: readonly BillingTerm[];
  /** Present for a price per seat; absent for a flat rate. */
  readonly seats?: { readonly min: number; readonly max: number } | undefined;
  /** The dimensions that are enabled for the plan. */
  readonly dimensions?: readonly Dimension[] | undefined;
  /** Tenants that can see and buy the plan; absent for a public plan. */
  readonly privateTo?: readonly string[] | undefined;
  /** The private offer that made this plan, and through which it is bought. */
  readonly privateOfferId?: string | undefined;
  readonly stopSell?: boolean | undefined;
  readonly freeTrial?: boolean | undefined;
  /** Subscribed at purchase, without Resolve and Activate. */
  readonly autoActivated?: boolean | undefined;
}

export interface Offer {
  readonly offerId: string;
  /** The publisher; absent for the first publisher. */
  readonly publisherId?: string;
  readonly displayName: string;
  readonly summary: string;
  readonly plans: readonly Plan[];
}

/** A plan that was published at run time: a new one, or another version of a plan in the catalogue. */
export interface PublishedPlan {
  readonly offerId: string;
  readonly plan: Plan;
}

export const CURRENCY = 'USD';
export const MARKET = 'US';

const FABRIKAM_TENANT = 'b41a7c6d-0e8f-4b3a-8c55-7d21f9e0a913';

const REPORTS: Dimension = {
  id: 'reports',
  displayName: 'Reports rendered',
  unitOfMeasure: 'report',
  pricePerUnit: 0.05,
};
const API_CALLS: Dimension = {
  id: 'api-calls',
  displayName: 'API calls',
  unitOfMeasure: '1,000 calls',
  pricePerUnit: 0.4,
};

const API_CALLS_TIERS: readonly Dimension[] = [
  { ...API_CALLS, id: 'api-calls-tier1', displayName: 'API calls, first tier', pricePerUnit: 0.3 },
  { ...API_CALLS, id: 'api-calls-tier2', displayName: 'API calls, second tier', pricePerUnit: 0.2 },
];

/**
 * The publishers' offers. `starter` is in three offers on purpose: a plan id identifies a plan only
 * together with its offer.
 */
export const CATALOGUE: readonly Offer[] = [
  {
    offerId: 'analytics',
    displayName: 'Contoso Analytics',
    summary: 'Dashboards and reports for your business, ready in a minute.',
    plans: [
      {
        planId: 'starter',
        displayName: 'Starter',
        description: 'For one team that wants its numbers in one place.',
        terms: [monthly(49, { reports: 100, 'api-calls': 10 })],
        dimensions: [REPORTS, API_CALLS],
      },
      {
        planId: 'growth',
        displayName: 'Growth',
        description: 'For a department with many sources and readers.',
        terms: [
          monthly(199, { reports: 1000, 'api-calls': 100 }),
          yearly(1990, { reports: 12_000, 'api-calls': 1200 }),
        ],
        dimensions: [REPORTS, API_CALLS],
      },
      {
        planId: 'scale',
        displayName: 'Scale',
        description:
          'For products that build on our API: as many reports as you like, and calls by the tier.',
        terms: [
          monthly(499, { reports: 'unlimited', 'api-calls': 0 }),
          yearly(4990, { reports: 'unlimited', 'api-calls': 0 }),
        ],
        dimensions: [REPORTS, API_CALLS, ...API_CALLS_TIERS],
      },
      {
        planId: 'enterprise',
        displayName: 'Enterprise',
        description: 'Made for Fabrikam: one price for the whole company.',
        terms: [yearly(24_000, { reports: 1_000_000 })],
        dimensions: [REPORTS],
        privateTo: [FABRIKAM_TENANT],
      },
      {
        planId: 'growth-fabrikam-2026',
        displayName: 'Growth for Fabrikam 2026',
        description: 'Everything in Growth, at the price agreed with Fabrikam.',
        terms: [
          monthly(149, { reports: 2500, 'api-calls': 40 }),
          yearly(1490, { reports: 30_000, 'api-calls': 480 }),
        ],
        dimensions: [REPORTS, API_CALLS],
        privateTo: [FABRIKAM_TENANT],
        privateOfferId: '6c1d7a80-52e4-4b6f-9a0e-3f2b8d94c715',
      },
    ],
  },
  {
    offerId: 'teamdesk',
    displayName: 'Contoso Teamdesk',
    summary: 'A service desk that your team will like to answer from.',
    plans: [
      {
        planId: 'basic',
        displayName: 'Basic',
        description: 'Shared inbox, tickets and answers for a small team.',
        terms: [monthly(8)],
        seats: { min: 1, max: 25 },
      },
      {
        planId: 'standard',
        displayName: 'Standard',
        description: 'Adds service levels, schedules and reports.',
        terms: [monthly(15), yearly(150)],
        seats: { min: 5, max: 100 },
      },
      {
        planId: 'legacy',
        displayName: 'Legacy',
        description: 'The first edition of Teamdesk.',
        terms: [monthly(5)],
        seats: { min: 1, max: 50 },
        stopSell: true,
      },
      {
        planId: 'trial',
        displayName: 'Trial',
        description: 'Try Basic with your team. It continues as a paid plan unless you cancel.',
        terms: [monthly(12)],
        seats: { min: 1, max: 25 },
        freeTrial: true,
      },
    ],
  },
  {
    offerId: 'pulse',
    displayName: 'Contoso Pulse',
    summary: 'Uptime checks from eleven places, with an alarm that somebody hears.',
    plans: [
      {
        planId: 'essential',
        displayName: 'Essential',
        description: 'Ten addresses, checked every minute.',
        terms: [monthly(19)],
        autoActivated: true,
      },
      {
        planId: 'pro',
        displayName: 'Pro',
        description: 'A hundred addresses, checked every ten seconds.',
        terms: [monthly(59), yearly(590)],
        autoActivated: true,
      },
      {
        planId: 'starter',
        displayName: 'Starter',
        description: 'Three addresses, checked every five minutes.',
        terms: [monthly(9)],
      },
    ],
  },
  {
    offerId: 'ledger',
    publisherId: 'litware',
    displayName: 'Litware Ledger',
    summary: 'Bookkeeping that closes the month by itself.',
    plans: [
      {
        planId: 'starter',
        displayName: 'Starter',
        description: 'For one company and its accountant.',
        terms: [monthly(29, { reports: 10 })],
        dimensions: [REPORTS],
      },
      {
        planId: 'practice',
        displayName: 'Practice',
        description: 'For accountants with many clients.',
        terms: [monthly(99, { reports: 100 })],
        dimensions: [REPORTS],
      },
    ],
  },
];

function monthly(price: number, included?: BillingTerm['included']): BillingTerm {
  return { termUnit: 'P1M', price, description: 'One month', ...(included && { included }) };
}

function yearly(price: number, included?: BillingTerm['included']): BillingTerm {
  return { termUnit: 'P1Y', price, description: 'One year', ...(included && { included }) };
}

export function findOffer(offerId: string): Offer | undefined {
  return CATALOGUE.find((offer) => offer.offerId === offerId);
}

/** Only the tenants of its audience can see a private plan. */
export function isVisibleTo(plan: Plan, tenantId: string): boolean {
  return plan.privateTo?.includes(tenantId.toLowerCase()) ?? true;
}

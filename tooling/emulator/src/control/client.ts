import type { Offer, Plan } from '../market/catalogue.ts';
import type { CallFilter, CallSummary, LoggedCall } from '../calls/call-log.ts';
import type { ChatMessage } from '../chat/messages.ts';
import type { ClockReading } from '../market/clock.ts';
import {
  CONTROL_PATH,
  type LandingVisit,
  type PresetView,
  type PurchaseInput,
  type PurchaseResult,
  type RedeliverInput,
  type RedeliverResult,
  type StateView,
  type TransferInput,
  type UsageReconInput,
} from './contract.ts';
import type { ActiveFault } from '../market/active-faults.ts';
import type { PresetName } from '../market/presets.ts';
import type { Mail, MailSummary } from '../mail/mailbox.ts';
import type { InjectedFault, StoredFault } from '../market/faults.ts';
import type { Identities } from '../authority/identities.ts';
import type { Recording } from '../api/recorder.ts';
import type { PlanInput } from '../market/published-plans.ts';
import type { Settings, SettingsPatch } from '../market/settings.ts';
import type {
  DeliveryView,
  OperationView,
  RefusedUsageView,
  SubscriptionView,
  UsageView,
} from '../market/views.ts';

type Started = Promise<{ readonly operationId: string }>;

/** The typed control API. Every call throws `ControlError` if the emulator refuses. */
export interface Control {
  state(): Promise<StateView>;
  /** Test people, and applications with their local secrets. */
  identities(): Promise<Identities>;
  clock(): Promise<ClockReading>;
  /** Moves time forward. When it resolves, every timer that was due has run. */
  advance(ms: number): Promise<ClockReading>;
  setClock(change: { offsetMs?: number; frozen?: boolean }): Promise<ClockReading>;
  settings(): Promise<Settings>;
  updateSettings(patch: SettingsPatch): Promise<Settings>;
  faults(): Promise<readonly StoredFault[]>;
  addFault(fault: InjectedFault): Promise<StoredFault>;
  /** Every active fault in words. The faults of one preset are one entry. */
  activeFaults(): Promise<readonly ActiveFault[]>;
  /** @param which the id of a fault, or the name of a preset */
  removeFault(which: string): Promise<void>;
  clearFaults(): Promise<void>;
  presets(): Promise<readonly PresetView[]>;
  /** Starts a preset, and returns what is active then. */
  runPreset(name: PresetName): Promise<readonly ActiveFault[]>;
  purchase(order: PurchaseInput): Promise<PurchaseResult>;
  /** What "Configure account" opens. */
  mintToken(subscriptionId: string): Promise<LandingVisit>;
  changePlan(subscriptionId: string, planId: string): Started;
  changeQuantity(subscriptionId: string, quantity: number): Started;
  suspend(subscriptionId: string): Started;
  reinstate(subscriptionId: string): Started;
  renew(subscriptionId: string): Started;
  cancel(subscriptionId: string): Started;
  /** Changes auto-renewal as the customer would. Microsoft sends no notification of it. */
  setAutoRenew(subscriptionId: string, autoRenew: boolean): Promise<SubscriptionView>;
  /** Changes the beneficiary or purchaser. Microsoft sends no notification of it. */
  transfer(subscriptionId: string, to: TransferInput): Promise<SubscriptionView>;
  subscription(subscriptionId: string): Promise<SubscriptionView>;
  operations(subscriptionId: string): Promise<readonly OperationView[]>;
  deliveries(subscriptionId?: string): Promise<readonly DeliveryView[]>;
  redeliver(operationId: string, options?: RedeliverInput): Promise<RedeliverResult>;
  /** Every offer with its plans as they are published now. */
  offers(): Promise<readonly Offer[]>;
  /** Publishes a new plan, or changes the given fields of a published plan. */
  publishPlan(
    at: { readonly offerId: string; readonly planId: string },
    change: PlanInput,
  ): Promise<Plan>;
  /** Every accepted usage event. The quantity has the digits that were sent. */
  usage(): Promise<readonly UsageView[]>;
  /** The last usage rows that were not accepted, oldest first. */
  refusedUsage(): Promise<readonly RefusedUsageView[]>;
  /** Sets how the report shows a day of a dimension once it is processed. */
  setUsageRecon(recon: UsageReconInput): Promise<void>;
  /** Leaves an accepted event out of the report, or shows it again. */
  setUsageMissing(usageEventId: string, isMissing?: boolean): Promise<UsageView>;
  /** A `login_hint` that signs this person in once within an hour, without a click. */
  signInHint(email: string): Promise<{ readonly loginHint: string }>;
  rotateKeys(options?: { retire?: boolean }): Promise<{ readonly kid: string }>;
  /** Gives the fulfillment application a new secret. The old one is refused from now on. */
  rotateSecret(options?: {
    readonly clientSecret?: string;
  }): Promise<{ readonly clientSecret: string }>;
  /** Records every API call, without tokens, until `stopRecording`. */
  startRecording(): Promise<void>;
  recording(): Promise<Recording>;
  stopRecording(): Promise<void>;
  /** The last calls in both directions, newest first, without tokens. */
  readonly calls: {
    list(filter?: CallFilter): Promise<readonly CallSummary[]>;
    /** One call with its request and its response. */
    get(id: string): Promise<LoggedCall>;
    clear(): Promise<void>;
  };
  /** The mails that the local mail server has caught, newest first. */
  readonly mails: {
    list(): Promise<readonly MailSummary[]>;
    get(id: string): Promise<Mail>;
    clear(): Promise<void>;
  };
  /** The messages that were posted to `/chat/teams/<name>` and `/chat/slack/<name>`, newest first. */
  readonly chat: {
    list(): Promise<readonly ChatMessage[]>;
    clear(): Promise<void>;
  };
  /** Removes every purchase, mail, message, call, fault and setting except the two URLs. Keys and secrets stay. */
  reset(): Promise<void>;
}

export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: number;
  /** `invalid`, `unknown` or the marketplace's reason, such as `locked`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param url the emulator's URL, e.g. http://127.0.0.1:4410 */
export function createControl(url: string): Control {
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}${CONTROL_PATH}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    if (response.status === 204) return undefined as T;
    const answer: unknown = await response.json();
    if (response.ok) return answer as T;
    const { error } = answer as { error: { code: string; message: string } };
    throw new ControlError(response.status, error.code, error.message);
  }
  const command = (id: string, name: string, body: object = {}): Started =>
    call('POST', `/subscriptions/${id}/${name}`, body);

  return {
    state: () => call('GET', '/state'),
    identities: () => call('GET', '/identities'),
    clock: () => call('GET', '/clock'),
    advance: (ms) => call('POST', '/clock/advance', { ms }),
    setClock: (change) => call('PUT', '/clock', change),
    settings: () => call('GET', '/settings'),
    updateSettings: (patch) => call('PUT', '/settings', patch),
    faults: () => call('GET', '/faults'),
    addFault: (fault) => call('POST', '/faults', fault),
    activeFaults: () => call('GET', '/faults/active'),
    removeFault: (which) => call('DELETE', `/faults/${which}`),
    clearFaults: () => call('DELETE', '/faults'),
    presets: () => call('GET', '/presets'),
    runPreset: (name) => call('POST', `/presets/${name}`, {}),
    purchase: (order) => call('POST', '/purchases', order),
    mintToken: (id) => call('POST', `/subscriptions/${id}/token`, {}),
    changePlan: (id, planId) => command(id, 'change-plan', { planId }),
    changeQuantity: (id, quantity) => command(id, 'change-quantity', { quantity }),
    suspend: (id) => command(id, 'suspend'),
    reinstate: (id) => command(id, 'reinstate'),
    renew: (id) => command(id, 'renew'),
    cancel: (id) => command(id, 'cancel'),
    setAutoRenew: (id, autoRenew) => call('PUT', `/subscriptions/${id}/auto-renew`, { autoRenew }),
    transfer: (id, to) => call('POST', `/subscriptions/${id}/transfer`, to),
    subscription: (id) => call('GET', `/subscriptions/${id}`),
    operations: (id) => call('GET', `/subscriptions/${id}/operations`),
    deliveries: (id) =>
      call('GET', `/deliveries${id === undefined ? '' : `?subscriptionId=${id}`}`),
    redeliver: (operationId, options = {}) =>
      call('POST', `/deliveries/${operationId}/redeliver`, options),
    offers: () => call('GET', '/offers'),
    publishPlan: ({ offerId, planId }, change) =>
      call('PUT', `/offers/${offerId}/plans/${planId}`, change),
    usage: () => call('GET', '/usage'),
    refusedUsage: () => call('GET', '/usage/refused'),
    setUsageRecon: (recon) => call('PUT', '/usage/recon', recon),
    setUsageMissing: (id, isMissing = true) => call('PUT', `/usage/${id}/missing`, { isMissing }),
    signInHint: (email) => call('POST', '/sign-in-hints', { email }),
    rotateKeys: (options = {}) => call('POST', '/keys/rotate', options),
    rotateSecret: (options = {}) => call('POST', '/apps/fulfillment/secret', options),
    startRecording: () => call('PUT', '/recording'),
    recording: () => call('GET', '/recording'),
    stopRecording: () => call('DELETE', '/recording'),
    calls: {
      list: (filter = {}) => {
        const given = Object.entries(filter).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, value] as [string, string]],
        );
        return call('GET', `/calls?${new URLSearchParams(given).toString()}`);
      },
      get: (id) => call('GET', `/calls/${id}`),
      clear: () => call('DELETE', '/calls'),
    },
    mails: {
      list: () => call('GET', '/mails'),
      get: (id) => call('GET', `/mails/${id}`),
      clear: () => call('DELETE', '/mails'),
    },
    chat: { list: () => call('GET', '/chat'), clear: () => call('DELETE', '/chat') },
    reset: () => call('POST', '/reset', {}),
  };
}

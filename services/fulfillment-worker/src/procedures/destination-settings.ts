import type { Channel } from '@landfall/contracts/channels';
import { Rejection } from '@landfall/contracts/rejections';
import { isLoopbackHost } from '@landfall/domain/loopback';
import { refuseUrl } from '../deliveries/address-guard.ts';
import type { DestinationRow, DestinationSettings } from '../store/destinations.ts';

/** What the settings of a destination depend on. */
export interface SettingsDeps {
  readonly isLocal: boolean;
  /** The sender's address; undefined if there is no mail server. */
  readonly mailFrom: string | undefined;
}

type SettingsRejection = Rejection<
  'destination.url-refused' | 'destination.settings-refused' | 'destination.mail-not-configured'
>;

type Checked = Pick<DestinationSettings, 'url' | 'recipients' | 'isOrdered' | 'digest'> & {
  readonly matterKinds: DestinationRow['matterKinds'];
  readonly quietHours: DestinationSettings['quietHours'];
};

/** Why settings cannot work for a channel; undefined if they can. */
export function refuseSettings(
  channel: Channel,
  settings: Checked,
  deps: SettingsDeps,
): SettingsRejection | undefined {
  if (channel === 'mail' && deps.mailFrom === undefined) return withoutMailServer();
  const flaw = flawOf(channel, settings);
  if (flaw) return new Rejection('destination.settings-refused', flaw);
  return settings.url === null ? undefined : refuseAddress(channel, settings.url, deps.isLocal);
}

export function withoutMailServer(): Rejection<'destination.mail-not-configured'> {
  const message =
    'Landfall has no mail server. Set SMTP_URL and MAIL_FROM on fulfillment-worker and restart it.';
  return new Rejection('destination.mail-not-configured', message);
}

const names: Readonly<Record<Channel, string>> = {
  product: 'A destination for events',
  mail: 'A mail destination',
  teams: 'A Teams destination',
  slack: 'A Slack destination',
  'customer-mail': 'A destination for mails to customers',
};

function flawOf(channel: Channel, settings: Checked): string | undefined {
  const name = names[channel];
  const isMail = channel === 'mail' || channel === 'customer-mail';
  if (isMail && settings.url !== null) return `${name} has no URL.`;
  if (channel === 'mail' && settings.recipients.length === 0)
    return `${name} needs at least one address in "recipients".`;
  if (channel !== 'mail' && settings.recipients.length > 0)
    return `${name} has no recipients. Leave "recipients" empty, or use the channel "mail".`;
  if (channel === 'product' && settings.url === null) return `${name} needs a URL.`;
  if (channel === 'teams' && settings.url === null)
    return `${name} needs the URL of a Workflow with the trigger "When a Teams webhook request is received".`;
  if (channel === 'slack' && settings.url === null)
    return `${name} needs the URL of an incoming webhook of your Slack app.`;
  if (channel === 'product') return productFlaw(settings);
  return settings.isOrdered ? `${name} cannot be ordered. Leave "isOrdered" false.` : undefined;
}

/** Matters are told to people only, and a product gets its events as they happen. */
function productFlaw({ matterKinds, digest, quietHours }: Checked): string | undefined {
  if (matterKinds === null || matterKinds.length > 0)
    return 'Matters are sent by mail, Teams or Slack. Leave "matterKinds" empty for events to your product.';
  if (digest !== 'at-once' || quietHours !== null)
    return 'Events are sent to your product as they happen. "digest" and "quietHours" apply to mail, Teams and Slack.';
  return undefined;
}

const refusals: Readonly<Record<NonNullable<ReturnType<typeof refuseUrl>>, string>> = {
  scheme:
    'Events and notices are sent only over https. With a local marketplace, http to this machine (localhost) works too.',
  credentials: 'A URL must not carry a user name or password; events are signed instead.',
  address: 'Events and notices are sent only to public addresses, and this one is not public.',
};

/** Hosts of the retired Office 365 connectors. */
const CONNECTOR_HOSTS = /(^|\.)webhook\.office\.com$|^outlook\.office(365)?\.com$/;

function refuseAddress(
  channel: Channel,
  url: string,
  isLocal: boolean,
): Rejection<'destination.url-refused'> | undefined {
  const refusal = refuseUrl(url, isLocal) ?? (isPlainElsewhere(url) ? 'scheme' : undefined);
  if (refusal) return new Rejection('destination.url-refused', refusals[refusal]);
  if (channel !== 'teams' || !CONNECTOR_HOSTS.test(new URL(url).hostname)) return undefined;
  const message =
    'This is the URL of an Office 365 connector, which Microsoft is retiring. Create a Workflow with the trigger "When a Teams webhook request is received", and use its URL.';
  return new Rejection('destination.url-refused', message);
}

/** No attempt would ever be made: plain http is sent only to this machine. */
function isPlainElsewhere(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopbackHost(hostname);
}

/** Hosts at which Microsoft and Slack receive messages, also in their clouds for governments. */
const USUAL_HOSTS: Readonly<Partial<Record<Channel, RegExp>>> = {
  teams: /\.(logic\.azure\.(com|us|cn)|api\.(gov\.|high\.)?powerplatform\.(com|us|cn))$/,
  slack: /^hooks\.slack(-gov)?\.com$/,
};

/** What looks like a mistake in a URL that may still be right, such as that of a compatible product. */
export function urlWarnings(channel: Channel, url: string | null): readonly string[] {
  const usual = USUAL_HOSTS[channel];
  if (!usual || url === null) return [];
  const { hostname, searchParams } = new URL(url);
  if (isLoopbackHost(hostname)) return [];
  const product = channel === 'teams' ? 'a Teams Workflow' : 'a Slack app';
  if (!usual.test(hostname))
    return [`${hostname} is not the usual host of ${product}. Send a test message.`];
  const isWhole = channel !== 'teams' || searchParams.has('sig');
  return isWhole ? [] : ['The URL has no "sig" parameter. Copy the whole URL of the Workflow.'];
}

/** The URL as it is shown: that of a Workflow or a Slack app is a secret after its host. */
export function shownUrl({ channel, url }: Pick<DestinationRow, 'channel' | 'url'>) {
  if (url === null) return '';
  return channel === 'product' ? url : `${new URL(url).origin}/…`;
}

import { hiddenCount, type Message, type MessageItem } from '../../notices/message.ts';

/** A colour in light and in dark, from the tokens of `packages/design`. Mail programs know no CSS variables. */
type Colour = readonly [light: string, dark: string];

const colours = {
  ground: ['#f6f5f1', '#101413'],
  surface: ['#ffffff', '#171c1b'],
  line: ['#e4e1d9', '#29302e'],
  ink: ['#17201e', '#ebefec'],
  muted: ['#4b5653', '#aeb8b4'],
  accent: ['#0b6763', '#5cc7bd'],
  onAccent: ['#ffffff', '#06231f'],
} as const satisfies Readonly<Record<string, Colour>>;

/** Text and background of the sign of an item. */
const looks: Readonly<Record<MessageItem['look'], readonly [text: Colour, ground: Colour]>> = {
  critical: [
    ['#b02a22', '#f5928a'],
    ['#fce7e4', '#421d1a'],
  ],
  warning: [
    ['#86500a', '#eab260'],
    ['#fbeed6', '#3a2a10'],
  ],
  info: [
    ['#2b5c93', '#8bbcf0'],
    ['#e3edf8', '#17293d'],
  ],
  settled: [
    ['#1b6a3a', '#6fce93'],
    ['#e0f2e5', '#153322'],
  ],
  event: [
    ['#56605d', '#a3ada9'],
    ['#ebe9e3', '#262d2b'],
  ],
};

const FONT =
  "font-family:'Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,'Noto Sans','Noto Sans JP',Helvetica,Arial,sans-serif";

/**
 * A message as HTML for mail programs: tables and inline styles, because Outlook knows little else. Light colours are inline; dark
 * ones come from a media query, and programs without it show light.
 */
export function mailHtml(message: Message): string {
  const { language, subject, intro, items, all, footer, change } = message;
  const more = hiddenCount(message.more);
  return page({ language, subject, preview: preview(message), brand: 'Landfall' }, [
    intro === undefined ? '' : textRow(intro, 'ink', 'font-size:16px;padding:0 4px 16px'),
    ...items.map(itemRows),
    more === undefined ? '' : textRow(more, 'muted', 'font-size:14px;padding:0 4px 12px'),
    all
      ? `<tr><td style="padding:4px 4px 16px;${FONT};font-size:14px">${anchor(all)}</td></tr>`
      : '',
    `<tr><td class="mu" style="padding:8px 4px 0;${FONT};font-size:12px;line-height:18px;color:${colours.muted[0]}">${escape(footer)}${change ? ` ${anchor(change)}` : ''}</td></tr>`,
  ]);
}

/** The frame of every mail. */
function page(
  head: {
    readonly language: string;
    readonly subject: string;
    /** Shown beside the subject. */
    readonly preview: string;
    readonly brand: string;
  },
  rows: readonly string[],
): string {
  return `<!doctype html>
<html lang="${head.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(head.subject)}</title>
<style>:root{color-scheme:light dark}@media(prefers-color-scheme:dark){${darkRules()}}</style>
</head>
<body class="bg" style="margin:0;padding:0;background:${colours.ground[0]}">
<div style="display:none;max-height:0;overflow:hidden">${escape(head.preview)}</div>
<table role="presentation" class="bg" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:${colours.ground[0]}"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px">
<tr><td class="ac" style="padding:0 4px 16px;${FONT};font-size:15px;font-weight:700;letter-spacing:.02em;color:${colours.accent[0]}">${escape(head.brand)}</td></tr>
${rows.filter((row) => row !== '').join('\n')}
</table>
</td></tr></table>
</body>
</html>
`;
}

/** What a mail to a customer says. */
export interface CustomerMessage {
  readonly language: string;
  readonly subject: string;
  readonly preheader: string;
  /** The name of the sender. */
  readonly brand: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly link: { readonly label: string; readonly url: string } | undefined;
  readonly footer: string;
}

/** A mail to a customer: the same page, with one item and the publisher's name instead of ours. */
export function customerHtml(of: CustomerMessage): string {
  const { language, subject, preheader, brand, title, paragraphs, link, footer } = of;
  const rows = [
    titleRow(title),
    ...paragraphs.map((one) => textRow(one, 'ink', 'font-size:15px;padding:0 0 12px')),
    link ? buttonRow(link) : '',
  ];
  return page({ language, subject, preview: preheader, brand }, [
    cardRow(rows),
    `<tr><td class="mu" style="padding:8px 4px 0;${FONT};font-size:12px;line-height:18px;color:${colours.muted[0]}">${escape(footer)}</td></tr>`,
  ]);
}

function itemRows(item: MessageItem): string {
  const { look, sign, title, paragraphs, sections, facts, link, incidentPage } = item;
  const [text, ground] = looks[look];
  const cells = [
    `<tr><td style="padding:0 0 8px"><span class="${look}" style="display:inline-block;padding:2px 8px;border-radius:999px;${FONT};font-size:12px;font-weight:600;color:${text[0]};background:${ground[0]}">${escape(sign)}</span></td></tr>`,
    titleRow(title),
    ...paragraphs.map((one) => textRow(one, 'ink', 'font-size:15px;padding:0 0 12px')),
    ...sections.map(
      ({ heading, text: body }) =>
        `<tr><td class="ink" style="padding:0 0 12px;${FONT};font-size:15px;line-height:22px;color:${colours.ink[0]}"><strong>${escape(heading)}</strong><br>${escape(body)}</td></tr>`,
    ),
    facts.length === 0
      ? ''
      : `<tr><td style="padding:0 0 16px"><table role="presentation" cellpadding="0" cellspacing="0" border="0">${facts.map(factRow).join('')}</table></td></tr>`,
    link ? buttonRow(link) : '',
    incidentPage
      ? `<tr><td style="padding:0 0 16px;${FONT};font-size:14px">${anchor(incidentPage)}</td></tr>`
      : '',
  ];
  return cardRow(cells);
}

function titleRow(title: string): string {
  return `<tr><td class="ink" style="padding:0 0 8px"><h1 class="ink" style="margin:0;${FONT};font-size:18px;line-height:26px;font-weight:600;color:${colours.ink[0]}">${escape(title)}</h1></td></tr>`;
}

/** A surface with a border. */
function cardRow(cells: readonly string[]): string {
  return `<tr><td style="padding:0 0 12px"><table role="presentation" class="su" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:${colours.surface[0]};border:1px solid ${colours.line[0]};border-radius:12px"><tr><td style="padding:20px 24px 8px"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
${cells.join('\n')}
</table></td></tr></table></td></tr>`;
}

function textRow(text: string, colour: 'ink' | 'muted', style: string): string {
  const name = colour === 'ink' ? 'ink' : 'mu';
  return `<tr><td class="${name}" style="${style};${FONT};line-height:22px;color:${colours[colour][0]}">${escape(text)}</td></tr>`;
}

function factRow({ name, value }: { readonly name: string; readonly value: string }): string {
  const cell = `${FONT};font-size:13px;line-height:20px;vertical-align:top`;
  return `<tr><td class="mu" style="padding:0 16px 2px 0;${cell};color:${colours.muted[0]}">${escape(name)}</td><td class="ink" style="padding:0 0 2px;${cell};color:${colours.ink[0]};word-break:break-word">${escape(value)}</td></tr>`;
}

/** A cell with a background: Outlook draws no padding around links. */
function buttonRow({ label, url }: { readonly label: string; readonly url: string }): string {
  return `<tr><td style="padding:0 0 16px"><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr><td class="btn" style="background:${colours.accent[0]};border-radius:8px;padding:10px 18px"><a class="btn" href="${escape(url)}" style="${FONT};font-size:14px;font-weight:600;color:${colours.onAccent[0]};text-decoration:none">${escape(label)}</a></td></tr></table></td></tr>`;
}

function anchor({ label, url }: { readonly label: string; readonly url: string }): string {
  return `<a class="ac" href="${escape(url)}" style="color:${colours.accent[0]}">${escape(label)}</a>`;
}

function darkRules(): string {
  const plain = [
    ['.bg', `background:${colours.ground[1]}`],
    ['.su', `background:${colours.surface[1]}`],
    ['.su', `border-color:${colours.line[1]}`],
    ['.ink', `color:${colours.ink[1]}`],
    ['.mu', `color:${colours.muted[1]}`],
    ['.ac', `color:${colours.accent[1]}`],
    ['td.btn', `background:${colours.accent[1]}`],
    ['a.btn', `color:${colours.onAccent[1]}`],
  ];
  const ofLooks = Object.entries(looks).flatMap(([look, [text, ground]]) => [
    [`.${look}`, `color:${text[1]}`],
    [`.${look}`, `background:${ground[1]}`],
  ]);
  return [...plain, ...ofLooks].map(([name, rule]) => `${name}{${rule}!important}`).join('');
}

/** What lists of mails show beside the subject. */
function preview({ intro, items }: Message): string {
  return intro ?? items[0]?.paragraphs[0] ?? '';
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

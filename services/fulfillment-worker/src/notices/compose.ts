import { incidentUrlOfMatter } from '@landfall/contracts/matter-incidents';
import { matterOpened, type MatterOpened } from '@landfall/contracts/matters';
import { matterTexts } from '@landfall/words/matters';
import { noticeWords, type NoticeWords } from '@landfall/words/notices';
import { z } from 'zod';
import type { DestinationRow } from '../store/destinations.ts';
import type { NoticeRow } from '../store/notices.ts';
import type { Message, MessageItem } from './message.ts';

/** What a notice keeps of an event to the product: no people. */
export const toldEvent = z.object({
  type: z.string(),
  occurredAt: z.string(),
  publisherId: z.string().optional(),
  offerId: z.string().optional(),
  planId: z.string().optional(),
  subscriptionId: z.string().optional(),
});

type ShownNotice = Pick<
  NoticeRow,
  'what' | 'content' | 'severity' | 'state' | 'closedAt' | 'closedBy' | 'sentAt'
>;
type Reader = Pick<DestinationRow, 'id' | 'label' | 'language' | 'timeZone' | 'publisherId'>;

interface Place {
  readonly reader: Reader;
  readonly words: NoticeWords;
  /** The address of the console; undefined: no links. */
  readonly publicUrl: string | undefined;
}

/** Items of a message. A longer one is not read, and a daily digest after a bad day would be many mails. */
const MAX_ITEMS = 50;

/** What looks most urgent comes first. */
const ORDER: readonly MessageItem['look'][] = ['critical', 'warning', 'info', 'event', 'settled'];

/** One message about all these notices, in the language and time zone of the destination. */
export function composeMessage(
  notices: readonly ShownNotice[],
  reader: Reader,
  publicUrl: string | undefined,
): Message {
  const words = noticeWords(reader.language);
  const place = { reader, words, publicUrl };
  const items = notices
    .map((notice) => itemOf(notice, place))
    .toSorted((a, b) => ORDER.indexOf(a.look) - ORDER.indexOf(b.look));
  const [first] = items;
  const title = first?.title ?? '';
  const settled = items.filter(({ look }) => look === 'settled').length;
  const events = items.filter(({ look }) => look === 'event').length;
  const open = items.length - settled - events;
  const isSingle = items.length === 1;
  const hasMatters = open + settled > 0;
  return {
    language: reader.language,
    subject: isSingle
      ? subjectOf(first?.look, title, words)
      : words.text('subject.several', { count: items.length, title }),
    ...(!isSingle && hasMatters && { intro: words.text('intro.several', { open, settled }) }),
    items: items.slice(0, MAX_ITEMS),
    ...(items.length > MAX_ITEMS && { more: items.length - MAX_ITEMS }),
    ...frameOf(place, { hasAll: !isSingle && hasMatters }),
  };
}

/** A message that tests the way to people. */
export function testMessage(reader: Reader, publicUrl: string | undefined): Message {
  const words = noticeWords(reader.language);
  const subject = words.text('ping.subject');
  return {
    language: reader.language,
    subject,
    items: [
      {
        look: 'info',
        sign: words.text('severity.info'),
        title: subject,
        paragraphs: [words.text('ping.text')],
        sections: [],
        facts: [],
      },
    ],
    ...frameOf({ reader, words, publicUrl }, { hasAll: false }),
  };
}

function frameOf({ reader, words, publicUrl }: Place, { hasAll }: { readonly hasAll: boolean }) {
  return {
    footer: words.text('footer', { label: reader.label }),
    ...(publicUrl !== undefined && {
      change: {
        label: words.text('footer.change'),
        url: `${publicUrl}/console/destinations/${reader.id}`,
      },
      ...(hasAll && {
        all: { label: words.text('link.all'), url: `${publicUrl}/console/matters` },
      }),
    }),
  };
}

function subjectOf(look: MessageItem['look'] | undefined, title: string, words: NoticeWords) {
  if (look === 'critical') return words.text('subject.critical', { title });
  return look === 'settled' ? words.text('subject.settled', { title }) : title;
}

function itemOf(notice: ShownNotice, place: Place): MessageItem {
  if (notice.what === 'event') return eventItem(toldEvent.parse(notice.content), place);
  const matter = matterOpened.parse(notice.content);
  return notice.closedAt === null
    ? openItem(matter, place)
    : settledItem({ ...notice, closedAt: notice.closedAt }, matter, place);
}

function openItem(matter: MatterOpened, place: Place): MessageItem {
  const { words, reader } = place;
  const { title, cause, effect, nextStep } = matterTexts(matter, reader.language);
  const { severity } = matter;
  return {
    look: severity,
    sign: words.text(`severity.${severity}`),
    title,
    paragraphs: [cause],
    sections: [
      { heading: words.text('label.effect'), text: effect },
      { heading: words.text('label.next'), text: nextStep },
    ],
    facts: [...timesOf(matter, place), ...thingsOf(matter, place)],
    ...linkTo(matter, place),
    ...incidentPageAbout(matter, place),
  };
}

function settledItem(
  notice: ShownNotice & { readonly closedAt: Date },
  matter: MatterOpened,
  place: Place,
): MessageItem {
  const { words, reader } = place;
  const how = words.text(notice.closedBy === 'person' ? 'state.person' : 'state.itself');
  return {
    look: 'settled',
    sign: words.text('severity.settled'),
    title: matterTexts(matter, reader.language).title,
    paragraphs: notice.sentAt === null ? [words.text('state.openedAndSettled'), how] : [how],
    sections: [],
    facts: thingsOf(matter, place),
    ...linkTo(matter, place),
  };
}

function eventItem(event: z.output<typeof toldEvent>, place: Place): MessageItem {
  const { words, reader, publicUrl } = place;
  const { type, occurredAt, offerId, planId, subscriptionId } = event;
  const facts = [
    fact(words.text('fact.when'), words.dateTime(new Date(occurredAt), reader.timeZone)),
    fact(words.text('fact.offer'), offerId),
    fact(words.text('fact.plan'), planId),
    ...thingsOf(event, place),
  ];
  return {
    look: 'event',
    sign: words.text('severity.event'),
    title: words.text('event.title', { type }),
    paragraphs: [],
    sections: [],
    facts: facts.flat(),
    ...(publicUrl !== undefined &&
      subscriptionId !== undefined && {
        link: {
          label: words.text('link.subscription'),
          url: `${publicUrl}/console/subscriptions/${encodeURIComponent(subscriptionId)}`,
        },
      }),
  };
}

function timesOf({ dueAt, since }: MatterOpened, { words, reader }: Place) {
  const shown = (at: string) => words.dateTime(new Date(at), reader.timeZone);
  return [
    ...fact(words.text('fact.due'), dueAt && shown(dueAt)),
    ...fact(words.text('fact.since'), shown(since)),
  ];
}

/** The publisher is named where notices of several arrive. */
function thingsOf(
  of: { readonly subscriptionId?: string | undefined; readonly publisherId?: string | undefined },
  { words, reader }: Place,
) {
  return [
    ...fact(words.text('fact.subscription'), of.subscriptionId),
    ...fact(words.text('fact.publisher'), reader.publisherId === null ? of.publisherId : undefined),
  ];
}

function fact(name: string, value: string | undefined) {
  return value === undefined ? [] : [{ name, value }];
}

function linkTo(matter: MatterOpened, { words, publicUrl }: Place) {
  if (publicUrl === undefined) return {};
  const url = `${publicUrl}/console/matters/${matter.id}`;
  return { link: { label: words.text('link.matter'), url } };
}

function incidentPageAbout(matter: MatterOpened, { words, publicUrl }: Place) {
  const url = publicUrl && incidentUrlOfMatter(matter, publicUrl);
  return url ? { incidentPage: { label: words.text('link.incident'), url } } : {};
}

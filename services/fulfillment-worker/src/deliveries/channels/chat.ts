import { messageOf, type Message } from '../../notices/message.ts';
import type { NameLookup } from '../name-lookup.ts';
import { postEvent, type PostAnswer } from '../post-event.ts';
import type { Answer, DeliveryChannel } from './channel.ts';
import { ATTEMPT_TIMEOUT_MS } from './https.ts';

export interface ChatOptions {
  readonly isLocal: boolean;
  readonly lookup: NameLookup;
}

/** What differs between the chats. */
interface Chat {
  /** The body of the post. */
  layOut(message: Message): string;
  /** What the answer means. */
  answerOf(answer: PostAnswer): Answer;
}

/** Posts notices to a URL of a chat, with the same guard of addresses as for products. */
export function chatChannel({ isLocal, lookup }: ChatOptions, chat: Chat): DeliveryChannel {
  return {
    timeoutMs: ATTEMPT_TIMEOUT_MS,
    async send({ url, body }, signal) {
      const message = messageOf(body);
      if (!message) return { failure: 'refused-message', retry: 'never', concerns: 'delivery' };
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Landfall-Notices/1',
      };
      const post = { url, headers, body: chat.layOut(message), signal, isLocal, lookup };
      const { text, ...answer } = await postEvent({ ...post, wantsText: true });
      const { retryAfterMs } = answer;
      return {
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...chat.answerOf({ ...answer, text }),
      };
    },
  };
}

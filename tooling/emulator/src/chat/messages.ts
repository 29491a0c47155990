import { randomUUID } from 'node:crypto';

export const CHAT_SERVICES = ['teams', 'slack'] as const;
export type ChatService = (typeof CHAT_SERVICES)[number];

/** A piece of a message, independent of the service. */
export type ChatPart =
  | { readonly kind: 'heading' | 'text' | 'note'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }
  | { readonly kind: 'divider' };

/** What was found in the body of a message. */
export interface ReadMessage {
  /** In the order in which people see them. */
  readonly parts: readonly ChatPart[];
  /** What the service would not accept or not show. Empty for a message that arrives as it was meant. */
  readonly problems: readonly string[];
}

export interface ChatMessage extends ReadMessage {
  readonly id: string;
  /** In real time, ISO 8601. */
  readonly at: string;
  readonly service: ChatService;
  /** The last part of the address, which stands for the channel. */
  readonly channel: string;
  /** What the sender was answered. */
  readonly status: number;
  /** As it was sent. */
  readonly body: string;
}

/** The oldest messages are dropped beyond this number. One has at most 40 KB, so all have 8 MB. */
const MESSAGES_MAX = 200;

/** The messages that were posted, in memory. */
export class ChatMessages {
  #messages: ChatMessage[] = [];

  add(message: Omit<ChatMessage, 'id' | 'at'>): void {
    this.#messages.push({ ...message, id: randomUUID(), at: new Date().toISOString() });
    if (this.#messages.length > MESSAGES_MAX) this.#messages.shift();
  }

  /** Newest first. */
  list(): ChatMessage[] {
    return this.#messages.toReversed();
  }

  clear(): void {
    this.#messages = [];
  }
}

/** What happens when a timer is due; the timer's `id` names the record. */
export type TimerKind =
  | 'completeActivation'
  | 'autoAccept'
  | 'deliver'
  | 'processPartner'
  | 'voidPending'
  | 'endGrace'
  | 'endTerm';

export interface Timer {
  readonly kind: TimerKind;
  readonly id: string;
  /** Epoch milliseconds of the emulator's clock. */
  readonly at: number;
  /** Timers of the same time run in the order in which they were set. */
  readonly order: number;
}

/**
 * A binary heap with one timer per kind and id. A replaced or cancelled timer stays in the heap and
 * is skipped, so every step takes O(log n) with a hundred thousand subscriptions.
 */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  readonly #current = new Map<string, Timer>();
  #order = 0;

  get size(): number {
    return this.#current.size;
  }

  set(kind: TimerKind, id: string, at: number): void {
    const timer = { kind, id, at, order: this.#order++ };
    this.#current.set(key(timer), timer);
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
  }

  cancel(kind: TimerKind, id: string): void {
    this.#current.delete(key({ kind, id }));
  }

  peek(): Timer | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || this.#current.get(key(first)) === first) return first;
      this.#removeFirst();
    }
  }

  take(): Timer | undefined {
    const first = this.peek();
    if (first === undefined) return undefined;
    this.#removeFirst();
    this.#current.delete(key(first));
    return first;
  }

  clear(): void {
    this.#heap.length = 0;
    this.#current.clear();
  }

  /** The timers that have not run, soonest first. */
  list(): Timer[] {
    return [...this.#current.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const leftTimer = this.#heap[left];
      if (leftTimer === undefined) return;
      const rightTimer = this.#heap[right];
      const child = rightTimer !== undefined && isBefore(rightTimer, leftTimer) ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(child: number, parent: number): boolean {
    const a = this.#heap[child];
    const b = this.#heap[parent];
    if (a === undefined || b === undefined || !isBefore(a, b)) return false;
    this.#heap[child] = b;
    this.#heap[parent] = a;
    return true;
  }
}

function key(timer: { readonly kind: TimerKind; readonly id: string }): string {
  return `${timer.kind}:${timer.id}`;
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

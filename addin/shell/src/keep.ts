// What stays on this machine: drafts and the last known cards, apart for each user.

/** What we use of Web Storage. It may be shut off in a frame, so a Map stands in. */
export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export function memoryStore(): Store {
  const map = new Map<string, string>();
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

/** Touching storage throws where the browser blocks it for embedded pages. */
export function browserStore(kind: 'localStorage' | 'sessionStorage'): Store {
  try {
    const store = window[kind];
    store.setItem('crm.probe', '');
    store.removeItem('crm.probe');
    return store;
  } catch {
    return memoryStore();
  }
}

/** A map that forgets the least recently written entry beyond `max`; its keys are one entry more. */
export class Kept<T> {
  private readonly store: Store;
  private readonly prefix: string;
  private readonly max: number;
  /** Beside the entries, whose keys are addresses or urls. */
  private readonly marked: string;

  constructor(store: Store, prefix: string, max: number) {
    this.store = store;
    this.prefix = prefix;
    this.max = max;
    this.marked = `${prefix}mark`;
  }

  get(key: string): T | null {
    const text = this.store.getItem(this.prefix + key);
    return text === null ? null : (JSON.parse(text) as T);
  }

  /** False when the browser has no room: the oldest half goes first, then it is tried once more. */
  put(key: string, value: T): boolean {
    const keys = [...this.keys().filter((other) => other !== key), key];
    const text = JSON.stringify(value);
    for (const room of [this.max, Math.ceil(keys.length / 2)]) {
      for (const old of keys.splice(0, keys.length - room)) {
        this.store.removeItem(this.prefix + old);
      }

      try {
        this.store.setItem(this.prefix + key, text);
        this.store.setItem(this.prefix, JSON.stringify(keys));
        return true;
      } catch (error) {
        if (!(error instanceof DOMException)) {
          throw error;
        }
      }
    }

    return false;
  }

  drop(key: string): void {
    this.store.removeItem(this.prefix + key);
    this.store.setItem(this.prefix, JSON.stringify(this.keys().filter((other) => other !== key)));
  }

  clear(): void {
    this.keys().forEach((key) => this.store.removeItem(this.prefix + key));
    this.store.removeItem(this.prefix);
    this.store.removeItem(this.marked);
  }

  /** Forgets what was kept before this mark was first seen; true when there was another mark until now. */
  clearBefore(mark: string): boolean {
    const last = this.store.getItem(this.marked);
    if (last !== mark) {
      this.clear();
      this.store.setItem(this.marked, mark);
    }

    return last !== null && last !== mark;
  }

  private keys(): string[] {
    return JSON.parse(this.store.getItem(this.prefix) ?? '[]') as string[];
  }
}

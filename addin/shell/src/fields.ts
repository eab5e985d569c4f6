// From what a form holds to the JSON that the API takes. Names are paths: name, preferences.note, phones[0].number, days[0].

/** How a control's text becomes a value: text by default; empty is null, whatever the kind. */
export type Kind = 'text' | 'message' | 'flag' | 'words' | 'instant' | 'upper' | 'number';

export interface Field {
  name: string;
  value: string;
  kind: Kind;
  /** Filled in by us: a row that holds nothing else is empty. */
  preset?: boolean;
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface Encoded {
  body: JsonObject;
  /** From a path in the body to the control's name: they differ once an empty row is left out. */
  controls: Map<string, string>;
}

const shape = /^(\w+)(?:\[(\d+)\])?(?:\.(\w+))?$/;

export function encode(fields: Field[]): Encoded {
  const body: JsonObject = {};
  const controls = new Map<string, string>();
  const lists = new Map<string, Map<number, { row: JsonObject; names: Map<string, string>; filled: boolean }>>();

  for (const field of fields) {
    const match = shape.exec(field.name);
    if (!match) {
      throw new Error(`A control has a name that is no path: ${field.name}`);
    }

    const [, top = '', index, sub = ''] = match;
    const value = valueOf(field);
    if (index !== undefined) {
      const rows = lists.get(top) ?? new Map();
      lists.set(top, rows);
      const row = rows.get(Number(index)) ?? { row: {}, names: new Map(), filled: false };
      rows.set(Number(index), row);
      row.row[sub] = value;
      row.names.set(sub, field.name);
      row.filled ||= value !== null && !field.preset;
    } else if (sub) {
      const part = (body[top] ??= {}) as JsonObject;
      part[sub] = value;
      controls.set(`${top}.${sub}`, field.name);
    } else {
      body[top] = value;
      controls.set(top, field.name);
    }
  }

  for (const [top, value] of Object.entries(body)) {
    if (isObject(value) && Object.values(value).every((v) => v === null)) {
      body[top] = null;
    }
  }

  for (const [top, rows] of lists) {
    const list: Json[] = [];
    for (const { row, names, filled } of rows.values()) {
      if (filled) {
        for (const [sub, name] of names) {
          controls.set(`${top}[${list.length}]${sub && `.${sub}`}`, name);
        }

        list.push('' in row ? row['']! : row);
      }
    }

    body[top] = list;
  }

  return { body, controls };
}

/** Only what differs: a merge patch leaves alone what it does not name. */
export function changes(now: JsonObject, before: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(now).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key] ?? null)));
}

/** A new customer names only what is known. */
export function withoutNulls(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)));
}

function valueOf({ value, kind }: Field): Json {
  if (kind === 'flag') {
    return value === 'true';
  }

  if (kind === 'words') {
    return [...new Set(value.split(',').map((word) => word.trim()).filter(Boolean))];
  }

  const text = value.trim();
  if (text === '') {
    return null;
  }

  return kind === 'number' ? Number(text) : kind === 'instant' ? new Date(text).toISOString() : kind === 'upper' ? text.toUpperCase() : text;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

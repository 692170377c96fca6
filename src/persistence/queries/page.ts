import { refuse } from '../../engine/refused.js'
import type { Querier } from '../pool.js'

/** Conditions with their parameters: every value goes to the database as a parameter, never as text. */
export class Conditions {
  readonly values: unknown[] = []
  readonly #parts: string[] = []

  /** Adds a condition; each `?` stands for the next value. */
  and(sql: string, ...values: readonly unknown[]): this {
    this.#parts.push(this.bind(sql, ...values))
    return this
  }
  /** Adds that one of these holds; of none of them nothing can. */
  andAny(ways: readonly (readonly [sql: string, ...values: unknown[]])[]): this {
    this.#parts.push(ways.length === 0 ? 'false' : `(${ways.map((way) => this.bind(...way)).join(' or ')})`)
    return this
  }
  /** The condition with its values in their places, for whoever puts it into the statement. */
  bind(sql: string, ...values: readonly unknown[]): string {
    let next = 0
    return `(${sql.replace(/\?/g, () => `$${this.values.push(values[next++])}`)})`
  }
  /** The same, only when the value is there. */
  andIf(value: unknown, sql: string): this {
    return value === undefined || value === null ? this : this.and(sql, value)
  }
  get where(): string {
    return this.#parts.length === 0 ? 'true' : this.#parts.join(' and ')
  }
}

/** What a caller may ask of a list. */
export interface PageRequest {
  /** 1 to 100; 20 unless told. */
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}
/** One page of ids, newest first, each with its cursor; the rest is asked for only when wanted. */
export interface Page {
  readonly items: readonly { readonly id: string; readonly cursor: string }[]
  readonly hasNextPage: boolean
  /** Counted no further than to `countedTo`. */
  readonly total: () => Promise<number>
}
/** A list in the making: `key` and `id` are columns of `from`; the key falls along the list and the id settles ties. */
export interface Source {
  readonly from: string
  readonly key: string
  readonly id: string
  readonly conditions: Conditions
  readonly ascending?: boolean
  /** What the key and the id are, where they are not a time and a UUID: a cursor that is neither is none of this list. */
  readonly keyIs?: 'code' | 'number'
  readonly idIs?: 'number'
  /** Conditions, bound among `conditions`, that shut one another out and of which one must hold: each is read by an index of its own, then they are merged. */
  readonly either?: readonly string[]
  /** Where a count of the whole list ends; without it nowhere. */
  readonly countedTo?: number
}

const pageMax = 100

/** How many rows are asked for: 1 to 100, 20 unless told. Throws `INPUT_INVALID`. */
export function sizeOf(first: number | null | undefined): number {
  const size = first ?? 20
  if (Number.isInteger(size) && size >= 1 && size <= pageMax) return size
  throw refuse('INPUT_INVALID', { fields: [{ path: 'first', code: 'OUT_OF_RANGE', message: [`须为 1–${pageMax}`, `1 to ${pageMax}`] }] })
}

/** Reads one page by keyset. Throws `INPUT_INVALID` for a bad size or cursor. */
export async function readPage(db: Querier, source: Source, { first, after }: PageRequest): Promise<Page> {
  const { key, id, keyIs, conditions, ascending = false } = source
  const size = sizeOf(first)
  const counted = countOf(source)
  const countedValues = [...conditions.values]
  if (after) {
    const cursor = readCursor(after, source)
    conditions.and(`(${key}, ${id}) ${ascending ? '>' : '<'} (${keyIs === 'number' ? '?::bigint' : '?'}, ?)`, cursor.key, cursor.id)
  }
  const { rows } = await db.query(listOf(source, size + 1), conditions.values)
  return {
    items: rows.slice(0, size).map((row) => ({ id: String(row.id), cursor: Buffer.from(JSON.stringify([row.key, String(row.id)])).toString('base64url') })),
    hasNextPage: rows.length > size,
    total: async () => (await db.query(counted, countedValues)).rows[0].total,
  }
}

function listOf({ from, key, id, conditions, either = ['true'], ascending = false }: Source, most: number): string {
  const order = ascending ? 'asc' : 'desc'
  const parts = either.map(
    (one) => `(select ${id} as id, ${key} as key from ${from} where ${conditions.where} and ${one} order by ${key} ${order}, ${id} ${order} limit ${most})`,
  )
  return `select id, key::text from (${parts.join(' union all ')}) list order by list.key ${order}, id ${order} limit ${most}`
}
function countOf({ from, conditions, either = ['true'], countedTo }: Source): string {
  const limit = countedTo === undefined ? '' : ` limit ${countedTo}`
  const parts = either.map((one) => `(select from ${from} where ${conditions.where} and ${one}${limit})`)
  return `select count(*)::int as total from (select from (${parts.join(' union all ')}) part${limit}) list`
}

function readCursor(cursor: string, { keyIs, idIs }: Source): { key: string; id: string } {
  try {
    const [key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[]
    const isKey = keyIs === 'number' ? isNumber : keyIs === 'code' ? (text: string) => /^[\w-]{1,100}$/.test(text) : isTime
    const isId = idIs === 'number' ? /^\d{1,18}$/ : /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
    if (typeof key === 'string' && typeof id === 'string' && isKey(key) && isId.test(id)) return { key, id }
  } catch {
    // Not of our making: refused below like any other.
  }
  throw refuse('INPUT_INVALID', { fields: [{ path: 'after', code: 'CURSOR_INVALID', message: ['游标无效', 'not a cursor of this list'] }] })
}
const isNumber = (text: string): boolean => /^\d{1,18}$/.test(text)
/** A time as PostgreSQL prints it in UTC, on a day that there is. */
function isTime(text: string): boolean {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)\+00$/.exec(text) ?? []
  const instant = new Date(`${day}T${time}Z`)
  return !Number.isNaN(instant.valueOf()) && instant.toISOString().startsWith(day!) && !day!.startsWith('0000')
}

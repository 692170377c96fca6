import { refuse } from '../engine/refused.js'

/** How far somebody was told: everything up to the event at `position`, and so many things of the one behind it. */
export interface EventPlace {
  readonly position: number
  readonly told: number
}
/** Cursors of one subscription are none of the other: of a case each event is one thing, of tasks it may be several. */
export type EventCursorKind = 'case' | 'task'
const version = 1

export const eventCursor = (kind: EventCursorKind, { position, told }: EventPlace): string =>
  Buffer.from(JSON.stringify([kind, version, position, told])).toString('base64url')

/** Throws `INPUT_INVALID` with `CURSOR_INVALID` for what this server never gave: another shape, or a place that there is not yet. */
export function readEventCursor(kind: EventCursorKind, cursor: string, newest: number): EventPlace {
  try {
    const [, , position, told] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as number[]
    const place = { position: position!, told: told! }
    const areCounts = Number.isSafeInteger(position) && Number.isSafeInteger(told) && place.position >= 0 && place.told >= 0
    const isReached = place.position + (place.told > 0 ? 1 : 0) <= newest && (kind === 'task' || place.told === 0)
    if (areCounts && isReached && eventCursor(kind, place) === cursor) return place
  } catch {
    // Not of our making: refused below like any other.
  }
  throw refuse('INPUT_INVALID', { fields: [{ path: 'after', code: 'CURSOR_INVALID', message: ['游标无效', 'not a cursor of this subscription'] }] })
}

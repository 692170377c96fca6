import { refuse } from '../engine/refused.js'

/** Where a subscriber stands: the event, and the place within what it meant. */
export interface EventPlace {
  readonly position: number
  readonly place: number
}
/** Cursors of one subscription are none of the other: `case` counts one thing an event, `task` several. */
export type EventCursorKind = 'case' | 'task'
const version = 1

export const eventCursor = (kind: EventCursorKind, { position, place }: EventPlace): string =>
  Buffer.from(JSON.stringify([kind, version, position, place])).toString('base64url')

/** Throws `INPUT_INVALID` with `CURSOR_INVALID` for what this server never gave: another shape, or a place that there is not yet. */
export function readEventCursor(kind: EventCursorKind, cursor: string, newest: number): EventPlace {
  try {
    const [, , position, place] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as number[]
    const isPlace = Number.isInteger(position) && Number.isInteger(place) && position! >= 1 && position! <= newest && place! >= 0
    if (isPlace && eventCursor(kind, { position: position!, place: place! }) === cursor) return { position: position!, place: place! }
  } catch {
    // Not of our making: refused below like any other.
  }
  throw refuse('INPUT_INVALID', { fields: [{ path: 'after', code: 'CURSOR_INVALID', message: ['游标无效', 'not a cursor of this subscription'] }] })
}

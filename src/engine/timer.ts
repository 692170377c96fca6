import type { Calendar, Term } from '../define/index.js'

/** One term of one case, or one rung of its ladder. Times: ISO 8601 in UTC. */
export interface Timer {
  readonly id: string
  /** The state that it runs in; `''`: the whole case. */
  readonly place: string
  /** The sequence with which the place was entered. */
  readonly entered: number
  /** The event that it fires. */
  readonly name: string
  readonly rung: number | null
  readonly startsAt: string
  readonly term: Term
  readonly dueAt: string
  readonly calendarVersion: number
  /** The term reaches into a year whose holidays are not announced yet. */
  readonly provisional: boolean
  readonly status: 'PENDING' | 'PAUSED' | 'FIRED' | 'CANCELLED' | 'SKIPPED'
  /** How long it has stood still, in milliseconds of its own measure. */
  readonly pausedMs: number
}
/** What an act does to the terms of its case. */
export interface TimerChange {
  readonly cancel: readonly string[]
  readonly move: readonly Timer[]
  readonly add: readonly Timer[]
}
/** A calendar in force. Versions never change. */
export interface CalendarVersion {
  readonly version: number
  readonly calendar: Calendar
}

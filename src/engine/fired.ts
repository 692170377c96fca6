import type { AnyDeadline } from '../define/index.js'
import type { CaseRecord } from './case-record.js'
import type { LoadedProcess } from './processes.js'
import type { Timer } from './timer.js'

/** A term of a case that is over. */
export interface Fired {
  readonly loaded: LoadedProcess
  readonly record: CaseRecord
  readonly timer: Timer
  readonly deadline: AnyDeadline
  readonly at: string
  readonly requestId: string
  readonly lateMs: number
}
/** What the history says of it: when it was due, and how late it was done. */
export const clockDetails = ({ timer, lateMs }: Pick<Fired, 'timer' | 'lateMs'>): Record<string, string> => ({
  timer: timer.id,
  dueAt: timer.dueAt,
  lateBy: String(Math.round(lateMs / 1000)),
})

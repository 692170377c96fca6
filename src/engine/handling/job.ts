import { randomUUID } from 'node:crypto'
import type { Actor, Reason } from '../../define/index.js'
import type { Ask, CaseRecord, EntryFacts, Party } from '../case-record.js'
import type { CommandTransaction } from '../case-store.js'
import type { HandleCommand } from '../commands.js'
import { type Around, effectAround, handlingAfter } from '../effect.js'
import { entryWith, under } from '../entry.js'
import type { Processes } from '../processes.js'
import { Refused, refuse } from '../refused.js'
import { presentOf } from '../take.js'
import { offerTo } from '../tasks.js'
import { asksOf, type Scene } from './scene.js'

/** One operation, once it is judged to be allowed. */
export interface Job {
  readonly processes: Processes
  readonly tx: CommandTransaction
  readonly scene: Scene
  readonly command: HandleCommand
  /** Whoever does it. */
  readonly self: Party
}

/** `around`: what the operation leaves otherwise around the decision. */
export const entryOf = (
  { loaded, record, task }: Scene,
  { operation, actorId, requestId, idempotencyKey, employeeIds, position, approves, text }: HandleCommand,
  around: Around = {},
): EntryFacts =>
  entryWith({
    ...under(loaded),
    action: operation,
    seat: task.seat,
    from: task.state,
    to: task.state,
    round: record.round,
    actor: { id: actorId, kind: 'employee' },
    details: {
      task: task.id,
      ...(employeeIds && employeeIds.length > 0 && { employees: employeeIds.join(' ') }),
      ...(position && { position }),
      ...(approves !== undefined && { approves: String(approves) }),
    },
    aside: text ? { text } : {},
    ...effectAround(around),
    requestId,
    idempotencyKey,
  })

/** The operation on record, with what it leaves otherwise around the decision: that is so from here on. */
export async function putOnRecord(job: Job, around: Around = {}): Promise<void> {
  const { record } = job.scene
  await job.tx.recordWork(record.id, entryOf(job.scene, job.command, around))
  if (Object.keys(around).length > 0) await job.tx.setHandling(record.id, handlingAfter(record.handling, around))
}

export function refuseFor(job: Job, reasons: readonly Reason[]): void {
  if (reasons.length > 0) throw new Refused(reasons, { details: presentOf(job.scene.record) })
}

export function textOf(job: Job): string {
  const text = job.command.text?.trim() ?? ''
  if (text === '' || text.length > 2000)
    throw refuse('INPUT_INVALID', {
      fields: [{ path: 'text', code: text === '' ? 'REQUIRED' : 'TOO_LONG', message: ['须填写，至多 2000 字', 'required, at most 2000 characters'] }],
    })
  return text
}

/** The people whom the command names, as they are now. Throws `NOT_FOUND` for whoever is not there or not active. */
export async function peopleNamed(job: Job, most: number, unlessNamed: readonly string[] = []): Promise<Actor[]> {
  const named = job.command.employeeIds ?? []
  const ids = [...new Set(named.length > 0 ? named : unlessNamed)]
  if (ids.length === 0 || ids.length > most)
    throw refuse('INPUT_INVALID', { fields: [{ path: 'employeeIds', code: 'VALUE_INVALID', message: [`须为 1–${most} 人`, `1 to ${most} people`] }] })
  const people: Actor[] = []
  for (const id of ids) {
    const person = await job.tx.actor(id, job.scene.record.process)
    if (person?.kind !== 'employee') throw refuse('NOT_FOUND')
    people.push(person)
  }
  return people
}

/** The task that decides at this place, whichever of its tasks the command is about. */
export async function suspend(job: Job, suspended: boolean): Promise<void> {
  const { record, task } = job.scene
  const open = await job.tx.openTasks(record.id)
  const deciding = open.find(({ kind, seat }) => kind === 'DECIDE' && seat === task.seat)
  if (deciding) await job.tx.suspend(deciding.id, suspended)
}

export async function openAsk(job: Job, kind: Ask['kind'], { employeeId, personId }: Actor, status: Ask['status']): Promise<void> {
  const { record, task } = job.scene
  const id = randomUUID()
  await job.tx.ask(record, [{ id, kind, seat: task.seat, by: job.self, to: { employeeId, personId }, question: textOf(job), status }])
  if (status !== 'OPEN') return
  const taskKind = kind === 'OPINION' ? 'ADVISE' : kind === 'ANSWER' ? 'ANSWER' : 'SIGN'
  await job.tx.openTask(record, { state: record.state, seat: task.seat, offers: [offerTo(personId)], kind: taskKind, askId: id })
}

export async function closeTasks(job: Job, which: (task: Scene['task']) => boolean, completedById: string | null): Promise<void> {
  const { record } = job.scene
  for (const task of (await job.tx.openTasks(record.id)).filter(which)) await job.tx.closeTask(task.id, completedById, record.version)
}

export async function settle(job: Job, ask: Ask, status: Ask['status'], answer: string | null): Promise<void> {
  await job.tx.settleAsk(ask.id, status, answer)
  await closeTasks(job, ({ askId }) => askId === ask.id, status === 'WITHDRAWN' ? null : job.self.employeeId)
}

/** What moves the case without an act of its own was caused by what was done with its task. */
export const causeIn = ({ id, version }: CaseRecord) => ({ caseId: id, sequence: version })

/** The task goes on, unless somebody else is still asked around it. `settled`: whoever is asked no more. */
export async function resume(job: Job, settled: readonly Ask[]): Promise<void> {
  const over = settled.map(({ id }) => id)
  if (!asksOf(job.scene).some(({ id, status }) => status === 'OPEN' && !over.includes(id))) await suspend(job, false)
}

import { isCountersign, isFinal, type Parties, type Role, type Rung, rolesAbove, rulesOf, stepIn } from '../define/index.js'
import type { Offer, TaskRecord } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import { type Around, effectAround } from './effect.js'
import { entryWith, under } from './entry.js'
import { clockDetails, type Fired } from './fired.js'
import { contextOf } from './judgement.js'
import { authorityOf, offersOf, shutOutBy } from './tasks.js'

/**
 * 升级: one rung of the ladder of a term. It stands in the work history of the case, done by the system; it decides nothing and moves no version.
 * Output: whether there was anything to do, and so anything on record.
 */
export async function climb(tx: CommandTransaction, fired: Fired): Promise<boolean> {
  const { deadline, timer, record } = fired
  const rung = deadline.ladder?.[timer.rung!]
  const open = await tx.openTasks(record.id)
  const tasks = open.filter(({ kind }) => kind === 'DECIDE')
  if (!rung || tasks.length === 0) return false
  if (rung.do === 'REMIND') return recorded(tx, fired, 'REMIND', tasks.flatMap(awaitedFor(open)), {})
  if (rung.do === 'REASSIGN') return putBack(tx, fired, tasks)
  return widen(tx, fired, tasks, rung)
}
/** A task that waits for whoever was asked around it lies with them. */
const awaitedFor =
  (open: readonly TaskRecord[]) =>
  (task: TaskRecord): readonly TaskRecord[] =>
    task.isSuspended ? open.filter(({ kind, isSuspended, seat }) => kind !== 'DECIDE' && !isSuspended && seat === task.seat) : [task]

/** Whoever has let a task lie does not keep it from the others; whoever waits for an answer has not. */
async function putBack(tx: CommandTransaction, fired: Fired, tasks: readonly TaskRecord[]): Promise<boolean> {
  const claimed = tasks.filter(({ holderId, isSuspended }) => holderId !== null && !isSuspended)
  for (const task of claimed) await tx.setHolder(task.id, null)
  return claimed.length > 0 && recorded(tx, fired, 'REASSIGN', claimed, { employees: claimed.map(({ holderId }) => holderId!).join(' ') })
}

/** The post above may decide as well. What it may not is what separation of duties forbids it, as ever. */
async function widen(tx: CommandTransaction, fired: Fired, tasks: readonly TaskRecord[], rung: Rung): Promise<boolean> {
  const { loaded, record, at } = fired
  const raised = record.handling.raised ?? []
  const context = contextOf(loaded, record, await tx.surroundings(record, { openCases: [] }), at)
  const post = rung.do === 'WIDEN' ? rung.to : await nextAbove(tx, fired, context.parties)
  if (post === undefined || raised.includes(post)) return recorded(tx, fired, 'RAISE', tasks, {})
  await tx.setHandling(record.id, { ...record.handling, raised: [...raised, post] })
  for (const task of tasks) {
    const authority = authorityOf(stepIn(loaded.definition, record.state)!, task.seat)
    const below = authority ? offersOf(authority, context).filter(({ level, role }) => level === 0 && rolesAbove(role).includes(post)) : []
    await tx.offer(
      task.id,
      below.slice(0, 1).map((offer): Offer => ({ ...offer, role: post, departmentIds: null, personId: null })),
    )
  }
  return recorded(tx, fired, 'RAISE', tasks, { role: post }, { raised: [...raised, post] })
}
/** The nearest post above those who may decide now in which somebody may: not an empty one, and none that separation of duties shuts out. */
async function nextAbove(tx: CommandTransaction, { loaded, record }: Fired, parties: Parties): Promise<Role | undefined> {
  const step = stepIn(loaded.definition, record.state)
  if (!step || isFinal(step) || isCountersign(step)) return undefined
  for (const rule of rulesOf(step.assignee)) {
    const posts = rule.kind === 'role' ? rolesAbove(rule.role).filter((post) => !parties.raised.includes(post)) : []
    const staff = posts.length === 0 ? {} : await tx.staffing(posts, shutOutBy(rule, parties))
    const post = posts.find((one) => (staff[one]?.eligible ?? 0) > 0)
    if (post) return post
  }
  return undefined
}

async function recorded(
  tx: CommandTransaction,
  fired: Fired,
  action: 'REMIND' | 'REASSIGN' | 'RAISE',
  tasks: readonly TaskRecord[],
  details: Readonly<Record<string, string>>,
  around: Around = {},
): Promise<boolean> {
  const { loaded, record, timer, deadline, requestId } = fired
  for (const task of tasks)
    await tx.recordWork(
      record.id,
      entryWith({
        ...under(loaded),
        action,
        seat: task.seat,
        from: record.state,
        to: record.state,
        round: record.round,
        actor: { id: '', kind: 'system' },
        roleUsed: 'SYSTEM',
        details: { ...clockDetails(fired), term: timer.name, share: String(deadline.ladder![timer.rung!]!.at), task: task.id, ...details },
        ...effectAround(around),
        requestId,
        idempotencyKey: `${timer.id}:${task.id}`,
      }),
    )
  return true
}

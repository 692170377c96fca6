import { type Actor, type BallotSeat, type CaseContext, type Role, roleOfRule, rulesOf, votesOn } from '../define/index.js'
import type { CaseRecord, Handling, Party, TaskRecord } from './case-record.js'
import type { CommandTransaction } from './case-store.js'
import type { AdministerCommand } from './commands.js'
import { poolSeat } from './countersign.js'
import { type Around, effectAround } from './effect.js'
import { entryWith, under } from './entry.js'
import { contextOf } from './judgement.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { authorityOf, shutOutBy, taskOfVoice } from './tasks.js'

/**
 * 离职交接: what somebody can do no longer goes on: a claimed task back to its pool; a voice that was not raised to the proxy named
 * for everything, to whoever else holds the role, or to the owner of the process. Votes already cast stay; what only he was asked
 * is for the asker to recall. With `leaves`, proxies of and by the person end.
 * Output: how many of each, and how many tasks of the house nobody may do now, for the history.
 */
export async function handOver(
  processes: Processes,
  tx: CommandTransaction,
  employeeId: string,
  command: AdministerCommand,
  leaves: boolean,
): Promise<Record<string, string>> {
  const proxy = await tx.proxyOf(employeeId)
  const report = { released: 0, toProxy: 0, toRole: 0, toOwner: 0, asked: 0 }
  for (const caseId of await tx.casesHeldBy(employeeId)) {
    const record = await tx.lockCase(caseId)
    if (!record) continue
    const scene: Scene = {
      tx,
      record,
      loaded: pinned(processes, record),
      employeeId,
      still: await tx.actor(employeeId, record.process),
      proxy,
      command,
      report,
    }
    await releaseTasks(scene)
    await passVoices(scene)
  }
  if (leaves) await tx.endProxies(employeeId)
  return Object.fromEntries(Object.entries({ ...report, unassignable: await tx.unassignable() }).map(([what, count]) => [what, String(count)]))
}

interface Scene {
  readonly tx: CommandTransaction
  readonly record: CaseRecord
  readonly loaded: LoadedProcess
  readonly employeeId: string
  /** The person as of now; null: has left. */
  readonly still: Actor | null
  readonly proxy: Party | null
  readonly command: AdministerCommand
  readonly report: { released: number; toProxy: number; toRole: number; toOwner: number; asked: number }
}
/** The role that a place asks for. */
const roleOf = ({ loaded, record }: Scene, seat: string | null): Role | undefined => {
  const authority = authorityOf(loaded.definition.states[record.state]!, seat)
  return authority && roleOfRule(rulesOf(authority)[0]!)
}
const holdsStill = (scene: Scene, seat: string | null): boolean => {
  const role = roleOf(scene, seat)
  return scene.still !== null && (role === undefined || scene.still.roles.includes(role))
}

/** What somebody has decided stands, also while those who follow him sign. */
const isHeld = ({ handling }: CaseRecord, seat: string | null): boolean => handling.held != null && handling.held.seat === seat

async function releaseTasks(scene: Scene): Promise<void> {
  const { tx, record, employeeId, still, report } = scene
  const tasks = await tx.openTasks(record.id)
  for (const task of tasks.filter(({ holderId, seat }) => holderId === employeeId && !holdsStill(scene, seat) && !isHeld(record, seat))) {
    await tx.setHolder(task.id, null)
    await recordHandOver(scene, task.seat, task)
    report.released++
  }
  if (still) return
  const { asks } = await tx.surroundings(record, { openCases: [] })
  report.asked += asks.filter(({ to, status }) => status === 'OPEN' && to.employeeId === employeeId).length
}

async function passVoices(scene: Scene): Promise<void> {
  const { tx, record, loaded, employeeId, report } = scene
  const { ballot } = record.handling
  if (!ballot) return
  const voted = new Set(votesOn(ballot, record.decisions).map(({ seat }) => seat))
  const own = ballot.seats.filter(({ key, kind, employeeId: owner, addedBy }) => owner === employeeId && kind === 'person' && !voted.has(key) && !addedBy)
  let handling: Handling = record.handling
  for (const voice of own.filter(({ key }) => !holdsStill(scene, key) && !isHeld(record, key))) {
    const around = await tx.surroundings(record, { openCases: [] })
    const heir = await heirOf(scene, voice, contextOf(loaded, { ...record, handling }, around, await tx.now()))
    report[heir.kind === 'person' ? 'toProxy' : heir.id === roleOf(scene, voice.key) ? 'toRole' : 'toOwner']++
    handling = { ...handling, ballot: { ...handling.ballot!, seats: handling.ballot!.seats.map((seat) => (seat.key === voice.key ? heir : seat)) } }
    await tx.setHandling(record.id, handling)
    const task = (await tx.openTasks(record.id)).find(({ kind, seat }) => kind === 'DECIDE' && seat === voice.key)
    if (task) await tx.closeTask(task.id, null, record.version)
    if (task) {
      const context = contextOf(loaded, { ...record, handling }, around, await tx.now())
      await tx.openTask(record, { ...taskOfVoice(loaded.definition, record.state, heir, context), suspended: context.work?.isSuspended(voice.key) ?? false })
    }
    await recordHandOver(scene, voice.key, task, { ballot: handling.ballot! })
  }
}
/** Whose voice it is from now on: nobody gets a second one, and nobody one that separation of duties keeps from him. */
async function heirOf(scene: Scene, voice: BallotSeat, { parties, facts }: CaseContext): Promise<BallotSeat> {
  const { tx, loaded, proxy } = scene
  const [rule] = rulesOf(authorityOf(loaded.definition.states[scene.record.state]!, voice.key)!)
  const { personIds, departmentIds } = shutOutBy(rule!, parties)
  const barred = [...personIds, ...parties.voted, ...(facts.ballot?.seats ?? []).flatMap(({ kind, id }) => (kind === 'person' ? [id] : []))]
  if (proxy && !barred.includes(proxy.personId)) return { ...voice, id: proxy.personId, employeeId: proxy.employeeId, heldFor: scene.employeeId }
  const role = roleOfRule(rule!)
  const { [role]: staff } = await tx.staffing([role], { personIds: barred, departmentIds })
  return { ...poolSeat((staff?.eligible ?? 0) > 0 ? role : loaded.definition.owner), key: voice.key }
}

function recordHandOver(
  { tx, record, loaded, employeeId, command }: Scene,
  seat: string | null,
  task: TaskRecord | undefined,
  around: Around = {},
): Promise<void> {
  const { actorId, requestId, idempotencyKey } = command
  const entry = entryWith({
    ...under(loaded),
    action: 'HAND_OVER',
    seat,
    from: record.state,
    to: record.state,
    round: record.round,
    actor: { id: actorId, kind: 'employee' },
    details: { employees: employeeId, ...(task && { task: task.id }) },
    ...effectAround(around),
    causedBy: { caseId: record.id, sequence: record.version },
    requestId,
    idempotencyKey,
  })
  return tx.recordWork(record.id, entry, 'late')
}

import { type Actor, type BallotSeat, type Role, roleOfRule, rulesOf, votesOn } from '../define/index.js'
import type { CaseRecord, CommandTransaction, Handling, TaskRecord } from './case-store.js'
import type { AdministerCommand } from './commands.js'
import { poolSeat } from './countersign.js'
import { entryWith, under } from './entry.js'
import { contextOf } from './judgement.js'
import { type LoadedProcess, type Processes, pinned } from './processes.js'
import { authorityOf, taskOfVoice } from './tasks.js'

/**
 * 离职交接: what somebody can do no longer goes on: a claimed task back to its pool, a voice that was not raised to whoever else
 * holds the role. Votes already cast stay. With `leaves`, proxies of and by the person end.
 * Output: how many of each, and how many tasks of the house nobody may do now, for the history.
 */
export async function handOver(
  processes: Processes,
  tx: CommandTransaction,
  employeeId: string,
  command: AdministerCommand,
  leaves: boolean,
): Promise<Record<string, string>> {
  let [released, voices] = [0, 0]
  for (const caseId of await tx.casesHeldBy(employeeId)) {
    const record = await tx.lockCase(caseId)
    if (!record) continue
    const scene: Scene = { tx, record, loaded: pinned(processes, record), employeeId, still: await tx.actor(employeeId, record.process), command }
    released += await releaseTasks(scene)
    voices += await passVoices(scene)
  }
  if (leaves) await tx.endProxies(employeeId)
  return { released: String(released), voices: String(voices), unassignable: String(await tx.unassignable()) }
}

interface Scene {
  readonly tx: CommandTransaction
  readonly record: CaseRecord
  readonly loaded: LoadedProcess
  readonly employeeId: string
  /** The person as of now; null: has left. */
  readonly still: Actor | null
  readonly command: AdministerCommand
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

async function releaseTasks(scene: Scene): Promise<number> {
  const { tx, record, employeeId } = scene
  const held = (await tx.openTasks(record.id)).filter(({ holderId, seat }) => holderId === employeeId && !holdsStill(scene, seat))
  for (const task of held) {
    await tx.setHolder(task.id, null)
    await recordHandOver(scene, task.seat, task)
  }
  return held.length
}

async function passVoices(scene: Scene): Promise<number> {
  const { tx, record, loaded, employeeId } = scene
  const { ballot } = record.handling
  if (!ballot) return 0
  const voted = new Set(votesOn(ballot, record.decisions).map(({ seat }) => seat))
  const own = ballot.seats.filter(({ key, kind, employeeId: owner, addedBy }) => owner === employeeId && kind === 'person' && !voted.has(key) && !addedBy)
  const passed = own.filter(({ key }) => !holdsStill(scene, key))
  if (passed.length === 0) return 0
  const toPool = (seat: BallotSeat): BallotSeat => (passed.includes(seat) ? { ...poolSeat(roleOf(scene, seat.key)!), key: seat.key } : seat)
  const handling: Handling = { ...record.handling, ballot: { ...ballot, seats: ballot.seats.map(toPool) } }
  await tx.setHandling(record.id, handling)
  const context = contextOf(loaded, { ...record, handling }, await tx.surroundings(record, { openCases: [] }), await tx.now())
  const open = await tx.openTasks(record.id)
  for (const voice of passed.map(toPool)) {
    const task = open.find(({ kind, seat }) => kind === 'DECIDE' && seat === voice.key)
    if (task) await tx.closeTask(task.id, null, record.version)
    if (task) await tx.openTask(record, taskOfVoice(loaded.definition, record.state, voice, context))
    await recordHandOver(scene, voice.key, task)
  }
  return passed.length
}

function recordHandOver({ tx, record, loaded, employeeId, command }: Scene, seat: string | null, task: TaskRecord | undefined): Promise<void> {
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
    causedBy: { caseId: record.id, sequence: record.version },
    requestId,
    idempotencyKey,
  })
  return tx.recordWork(record.id, entry)
}

import type { AnyProcess, Role } from '../define/index.js'
import type { Querier } from '../persistence/pool.js'
import { candidatesOf, holdersOf, type Receiver, receiversOf, standInsOf } from '../persistence/receivers.js'
import type { ToldEvent } from '../persistence/told-events.js'
import type { Word } from './words.js'

/** An event with the reasons to tell people of it. */
export interface Spoken {
  readonly event: ToldEvent
  readonly definition: AnyProcess
  readonly words: readonly Word[]
}
/** One account that is told, and the most pressing reason. */
export interface Addressed {
  readonly receiver: Receiver
  readonly word: Word
}

/** Who is meant by the words of several events, in as many statements as for one. Output: event by event, each account once; never whoever did it. */
export async function addressedBy(db: Querier, spoken: readonly Spoken[]): Promise<Addressed[][]> {
  const all = spoken.flatMap(({ words }) => words)
  const taskIds = all.flatMap(({ to }) => ('candidatesOf' in to ? [to.candidatesOf] : 'ownersUnless' in to ? [to.ownersUnless] : []))
  const among = all.flatMap(({ to }) => ('role' in to ? [to.role] : 'among' in to ? (to.among ?? []) : []))
  const candidates = await candidatesOf(db, [...new Set(taskIds)])
  const holders = await holdersOf(db, [...new Set<Role>([...among, ...spoken.map(({ definition }) => definition.owner)])])
  const named = all.flatMap(({ to }) => ('employeeIds' in to ? to.employeeIds : []))
  const principals = [...new Set([...named, ...[...candidates.values()].flat()])]
  const standIns = await standInsOf(db, [...new Set(all.flatMap(({ task }) => task?.id ?? []))], principals)
  const receivers = await receiversOf(db, [...new Set([...principals, ...[...holders.values()].flat(), ...[...standIns.values()].flat()])])

  const idsOf = ({ to, task }: Word, owner: Role): readonly string[] => {
    if ('employeeIds' in to) return to.employeeIds
    if ('role' in to) return holders.get(to.role) ?? []
    if ('candidatesOf' in to) {
      const ids = candidates.get(to.candidatesOf) ?? []
      const held = to.among && new Set(to.among.flatMap((role) => holders.get(role) ?? []))
      return held ? ids.filter((id) => held.has(id)) : ids
    }
    return task !== null && (candidates.get(to.ownersUnless) ?? []).length === 0 ? (holders.get(owner) ?? []) : []
  }
  /** 代理: whoever stands in for somebody may do the task as well. */
  const besides = ({ to, task }: Word, ids: readonly string[]): readonly string[] =>
    task && ('employeeIds' in to || 'candidatesOf' in to) ? ids.flatMap((id) => standIns.get(`${task.id} ${id}`) ?? []) : []
  return spoken.map(({ event, definition, words }) => {
    const told = new Map<string, Addressed>()
    for (const word of words) {
      const ids = idsOf(word, definition.owner)
      for (const id of [...ids, ...besides(word, ids)]) {
        const receiver = receivers.get(id)
        if (receiver && receiver.personId !== event.actor?.personId && !told.has(id)) told.set(id, { receiver, word })
      }
    }
    return [...told.values()]
  })
}

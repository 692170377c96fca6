import { organisationStream } from '../audit/chain.js'
import type { Role } from '../define/index.js'
import type { Processes } from '../engine/processes.js'
import type { NewDelivery } from '../persistence/deliveries.js'
import type { Querier } from '../persistence/pool.js'
import { holdersOf, leftBy, receiversOf } from '../persistence/receivers.js'
import type { ToldEvent } from '../persistence/told-events.js'
import { type Posting, posted } from './posting.js'
import { sayLeft } from './wording.js'

/** 无人可办: somebody has left or lost a role, and whoever owns the processes hears of the cases that wait for nobody now. */
export async function leftToNobody(db: Querier, processes: Processes, events: readonly ToldEvent[], posting: Posting): Promise<NewDelivery[]> {
  const letters: NewDelivery[] = []
  for (const event of events.filter(({ stream, details }) => stream === organisationStream && Number(details['unassignable'] ?? 0) > 0))
    letters.push(...(await lettersOf(db, processes, event, posting)))
  return letters
}

async function lettersOf(db: Querier, processes: Processes, event: ToldEvent, posting: Posting): Promise<NewDelivery[]> {
  const employeeId = event.details['employeeId']
  if (employeeId === undefined) return []
  const left = await leftBy(db, employeeId, event.details['role'] ?? null)
  const owned = Map.groupBy(left, ({ process, definitionVersion }) => processes.at(process, definitionVersion)?.definition.owner)
  const holders = await holdersOf(
    db,
    [...owned.keys()].filter((owner): owner is Role => owner !== undefined),
  )
  const numbers = new Map<string, string[]>()
  for (const [owner, cases] of owned)
    for (const id of (owner && holders.get(owner)) ?? []) numbers.set(id, [...(numbers.get(id) ?? []), ...cases.map(({ number }) => number)])
  const receivers = [...(await receiversOf(db, [...numbers.keys()])).values()].filter(({ personId }) => personId !== event.actor?.personId)
  return posted(
    receivers.map((receiver) => ({ receiver, path: null, dueAt: null, said: sayLeft(numbers.get(receiver.employeeId)!.sort(), receiver.language) })),
    event,
    posting,
  )
}

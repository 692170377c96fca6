import type pg from 'pg'
import { organisationStream } from '../audit/chain.js'
import type { Processes } from '../engine/processes.js'
import { insertDeliveries, type NewDelivery } from '../persistence/deliveries.js'
import { inTransaction, type Querier } from '../persistence/pool.js'
import { type ActiveEndpoint, activeEndpoints } from '../persistence/receivers.js'
import { eventsAfter, lockedPosition, moveTo, type ToldEvent, type ToldTask, tasksIn } from '../persistence/told-events.js'
import { addressedBy, type Spoken } from './audiences.js'
import { leftToNobody } from './left-to-nobody.js'
import { type Post, type Posting, posted } from './posting.js'
import { webhookBody } from './webhook-body.js'
import { type Saying, say } from './wording.js'
import { actionLabelOf, type Topic, wordsOf } from './words.js'

const reader = 'notices'
const eventsMax = 100

/**
 * Turns the next events into deliveries, in the transaction that moves past them: each event is told once, whichever server does it.
 * Output: whether there may be more. Nothing is done while another server is at it.
 */
export const tellNext = (pool: pg.Pool, processes: Processes, post: Post): Promise<boolean> =>
  inTransaction(pool, async (db) => {
    const position = await lockedPosition(db, reader)
    const events = position === null ? [] : await eventsAfter(db, position, eventsMax)
    if (events.length === 0) return false
    const tasks = Map.groupBy(await tasksIn(db, [...new Set(events.flatMap((event) => event.case?.id ?? []))]), ({ caseId }) => caseId)
    const tasksOf = (event: ToldEvent): readonly ToldTask[] => tasks.get(event.case?.id ?? '') ?? []
    const endpoints = await activeEndpoints(db)
    const now = new Date((await db.query('select clock_timestamp() as now')).rows[0].now)
    const told = [
      ...events.flatMap((event) => toWebhooks(event, tasksOf(event), endpoints, now)),
      ...(await toPeople(db, processes, events, tasksOf, { post, endpoints, now })),
      ...(await leftToNobody(db, processes, events, { post, endpoints, now })),
    ]
    await insertDeliveries(
      db,
      told.sort((a, b) => a.eventPosition! - b.eventPosition!),
    )
    await moveTo(db, reader, events.at(-1)!.position)
    return events.length === eventsMax
  })

/** Endpoints that name processes hear of their cases; the others of everything. */
function toWebhooks(event: ToldEvent, tasks: readonly ToldTask[], endpoints: readonly ActiveEndpoint[], now: Date): NewDelivery[] {
  const body = webhookBody(event, tasks)
  return endpoints
    .filter(({ kind, processes }) => kind === 'WEBHOOK' && (processes.length === 0 || (event.case !== null && processes.includes(event.process))))
    .map(({ id }) => ({
      eventPosition: event.position,
      caseId: event.case?.id ?? null,
      channel: 'WEBHOOK',
      endpointId: id,
      employeeId: null,
      lane: `${id}:${event.case?.id ?? organisationStream}`,
      content: { at: event.at, subject: event.action, text: '', link: null, body },
      status: 'PENDING',
      notBefore: now.toISOString(),
    }))
}

async function toPeople(
  db: Querier,
  processes: Processes,
  events: readonly ToldEvent[],
  tasksOf: (event: ToldEvent) => readonly ToldTask[],
  posting: Posting,
): Promise<NewDelivery[]> {
  const spoken = events.flatMap((event): Spoken[] => {
    const definition = processes.at(event.process, event.definitionVersion)?.definition
    return definition ? [{ event, definition, words: wordsOf(event, tasksOf(event), definition) }] : []
  })
  const addressed = await addressedBy(db, spoken)
  return spoken.flatMap(({ event, definition }, index) => {
    const saying = (topic: Topic, task: ToldTask | null): Saying => ({
      topic,
      process: definition.title,
      number: event.case!.number,
      action: actionLabelOf(event, definition),
      actor: event.actor?.name ?? null,
      state: definition.states[event.to ?? '']?.label ?? null,
      dueAt: task ? task.dueAt : event.case!.dueAt,
    })
    return posted(
      addressed[index]!.map(({ receiver, word: { topic, task } }) => ({
        receiver,
        path: task ? `/tasks/${task.id}` : `/cases/${event.case!.id}`,
        said: say(saying(topic, task), receiver.language, posting.post.zone),
        dueAt: (task ? task.dueAt : event.case!.dueAt)?.toISOString() ?? null,
      })),
      event,
      posting,
    )
  })
}

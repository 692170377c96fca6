import { refuse } from '../engine/refused.js'
import type { EventFeed } from '../jobs/event-feed.js'
import { type EventRow, newestPosition, oldestPosition } from '../persistence/events.js'
import { audiencesOf, type TaskNews } from '../persistence/queries/task-news.js'
import { type RequestContext, uuid, viewerOf } from './context.js'
import { type EventCursorKind, type EventPlace, eventCursor, readEventCursor } from './event-cursor.js'

/** A connection that stays: what was loaded for it at its beginning says nothing about now. */
export interface StreamContext extends RequestContext {
  readonly feed: EventFeed
  /** Gone, or to be ended with the reason. */
  readonly ended: AbortSignal
  /** The same caller as of now, with nothing loaded yet. Throws `UNAUTHENTICATED`. */
  renew(): Promise<StreamContext>
}
/** One thing to send, with the context in which it was judged. */
export interface Told<T> {
  readonly context: RequestContext
  readonly cursor: string
  readonly item: T
}

/** What is sent so long after it was judged is judged again. */
const judgementMs = 250
const chunkSize = 50

/** News of the viewer's own tasks. Throws what {@link begin} and {@link judged} throw. */
export async function taskStream(context: StreamContext, after: string | null | undefined): Promise<AsyncIterable<Told<TaskNews>>> {
  const from = await begin(context, 'task', after)
  const isNew = ({ event, place }: TaskNews) => event.position > from.position + 1 || place >= from.told
  return cancellable(context, async function* (signal) {
    for await (const batch of context.feed.listen(from.position, { signal })) {
      const { employeeId } = viewerOf(context)
      const mine = (await batch.tasks()).filter((news) => isNew(news) && news.audience.has(employeeId))
      yield* judged(
        context,
        mine,
        async (now, news) => {
          const allowed = await audiencesOf(now.pool, [...new Set(news.map(({ taskId }) => taskId))], viewerOf(now).employeeId)
          const [cases] = await Promise.all([now.loaders.case.loadMany(news.map(({ event }) => event.caseId!)), now.loaders.task.loadMany([...allowed.keys()])])
          // A task is told of only to whoever may see its case as well.
          const visible = new Set(cases.flatMap((row) => (row && !(row instanceof Error) ? [row.id] : [])))
          return ({ taskId, event }) => allowed.has(taskId) && visible.has(event.caseId!)
        },
        ({ event, place, isLast }) => eventCursor('task', isLast ? { position: event.position, told: 0 } : { position: event.position - 1, told: place + 1 }),
      )
    }
  })
}

/** What is done in one case. Throws `NOT_FOUND` at once, or as soon as the viewer may not see the case any more. */
export async function caseStream(context: StreamContext, id: string, after: string | null | undefined): Promise<AsyncIterable<Told<EventRow>>> {
  const caseId = uuid(id)
  viewerOf(context)
  if (!(await context.loaders.case.load(caseId))) throw refuse('NOT_FOUND')
  const { position } = await begin(context, 'case', after)
  return cancellable(context, async function* (signal) {
    for await (const { events } of context.feed.listen(position, { caseId, signal }))
      yield* judged(
        context,
        events,
        async (now, rows) => {
          if (!(await now.loaders.case.load(caseId))) throw refuse('NOT_FOUND')
          await now.loaders.entry.loadMany(rows.map(({ entryId }) => entryId))
          return () => true
        },
        (event) => eventCursor('case', { position: event.position, told: 0 }),
      )
  })
}

/** Where a subscriber starts: from now on, or behind his cursor. Throws `UNAUTHENTICATED`, `INPUT_INVALID`, `CURSOR_EXPIRED`. */
async function begin({ pool }: RequestContext, kind: EventCursorKind, after: string | null | undefined): Promise<EventPlace> {
  const newest = await newestPosition(pool)
  if (!after) return { position: newest, told: 0 }
  const from = readEventCursor(kind, after, newest)
  if (from.position + 1 < (await oldestPosition(pool))) throw refuse('CURSOR_EXPIRED')
  return from
}

/** Looks at what the caller may be told as of now, and gives that out one by one for as long as "now" lasts; then looks again. */
async function* judged<T>(
  context: StreamContext,
  items: readonly T[],
  judge: (now: RequestContext, items: readonly T[]) => Promise<(item: T) => boolean>,
  cursorOf: (item: T) => string,
): AsyncGenerator<Told<T>, void, void> {
  let rest = items
  while (rest.length > 0) {
    const chunk = rest.slice(0, chunkSize)
    const now = await context.renew()
    const allowed = await judge(now, chunk)
    const until = performance.now() + judgementMs
    let given = 0
    for (const item of chunk) {
      if (given > 0 && performance.now() > until) break
      given++
      if (allowed(item)) yield { context: now, cursor: cursorOf(item), item }
    }
    rest = rest.slice(given)
  }
}

/** A stream that ends at once when nobody wants it any more; a generator alone would first wait for its next event. */
function cancellable<T>({ ended }: StreamContext, run: (signal: AbortSignal) => AsyncGenerator<T, void, void>): AsyncIterableIterator<T> {
  const own = new AbortController()
  const stream = run(AbortSignal.any([ended, own.signal]))
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => stream.next(),
    return: () => {
      own.abort()
      return stream.return()
    },
  }
}

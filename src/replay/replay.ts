import { createHash } from 'node:crypto'
import type { RefusalCode } from '../define/index.js'
import type { Answer } from '../engine/commands.js'
import type { Door } from '../engine/door.js'
import { Refused } from '../engine/refused.js'
import type { Querier } from '../persistence/pool.js'
import { actFor, amountOf, claimantId, claimFor, replayedProcess } from './bindings.js'
import type { RecordedEvent, Trace } from './xes.js'

/** How one recorded case ended. `place`: its place in the file; `deviation`: the event that the door refused. */
export interface Ending {
  readonly place: number
  readonly caseName: string
  readonly state: string
  readonly deviation: RecordedEvent | null
  readonly hasAmount: boolean
}
export interface Replay {
  readonly door: Door
  /** Reads where a case stands; changes nothing. */
  readonly db: Querier
  readonly limit?: number | undefined
  /** Stops between two events; what is done stays done. */
  readonly signal?: AbortSignal | undefined
  readonly onEvent: () => void
  readonly onEnding: (ending: Ending) => void
}

const inParallel = 8

/**
 * Sends a recorded history through the one door, several cases at a time, the events of one case in order. Every command
 * has a key made of trace and event, so that a second run is answered for what is done and continues with what is not.
 * Throws when a case cannot be opened or stands elsewhere than the recorded events brought it; other cases then stop too.
 */
export async function replay(traces: AsyncGenerator<Trace, void>, options: Replay): Promise<void> {
  const failed = new AbortController()
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])])
  const queue = numbered(traces, options.limit)
  const worker = async () => {
    for (let next = await queue.next(); !next.done && !signal.aborted; next = await queue.next()) {
      const ending = await drive(next.value, { ...options, signal })
      if (ending) options.onEnding(ending)
    }
  }
  const stopAll = (error: unknown) => {
    failed.abort()
    throw error
  }
  const ends = await Promise.allSettled(Array.from({ length: inParallel }, () => worker().catch(stopAll)))
  await queue.return()
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

async function* numbered(traces: AsyncGenerator<Trace, void>, limit = Number.POSITIVE_INFINITY): AsyncGenerator<{ trace: Trace; place: number }, void> {
  // Digests: the names themselves are slices of the file's text and would keep all of it in memory.
  const names = new Set<string>()
  if (limit === 0) return
  for await (const trace of traces) {
    // The keys are made of the name: two traces that share it would be taken for one.
    const name = digestOf(trace.id)
    if (names.has(name)) throw new Error(`two traces are named ${trace.id}`)
    names.add(name)
    yield { trace, place: names.size }
    if (names.size >= limit) return
  }
}

/** One case, from its opening to its last event or to the first that the door refuses. Null: stopped on the way. */
async function drive({ trace, place }: { trace: Trace; place: number }, { door, db, signal, onEvent }: Replay): Promise<Ending | null> {
  const opened = await openCase(door, trace)
  const refusedBefore = opened.replayed ? await refusalsOf(db, opened.caseId) : new Set()
  const end = async (deviation: RecordedEvent | null): Promise<Ending> => ({
    place,
    caseName: trace.id,
    state: await stateOf(db, opened.caseId),
    deviation,
    hasAmount: amountOf(trace) !== null,
  })
  let version = opened.sequence
  for (const [index, event] of trace.events.entries()) {
    if (signal?.aborted) return null
    const key = keyOf(trace, index)
    // A refusal takes no key, so that it would be on record twice if it were asked for again.
    if (refusedBefore.has(key)) return end(event)
    const command = { ...actFor(event), ...request(key, event), caseId: opened.caseId, process: replayedProcess, expectedVersion: version }
    const answer = await attempt(() => door.decide(command), trace)
    onEvent()
    if (answer === null) return end(event)
    version = answer.sequence
  }
  return end(null)
}

async function openCase(door: Door, trace: Trace): Promise<Answer> {
  const [first] = trace.events
  const command = { ...request(keyOf(trace, 'open'), first), actorId: claimantId(), process: replayedProcess, form: claimFor(trace) }
  const answer = await attempt(() => door.open(command), trace)
  if (answer === null) throw new Error(`${trace.id} could not be opened: the door refuses the replay's claimant`)
  return answer
}

const digestOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 32)
const keyOf = ({ id }: Trace, step: number | 'open'): string => `replay:${digestOf(id)}:${step}`
const request = (key: string, event: RecordedEvent | undefined) => ({ idempotencyKey: key, requestId: key, ...(event && { occurredAt: event.at }) })

/** The refusals that are a verdict on the recorded event. Any other says that the replay itself went wrong. */
const verdicts: readonly RefusalCode[] = ['ACTION_UNAVAILABLE', 'NOT_AUTHORISED', 'NOT_FOUND', 'SOD_CONFLICT', 'LIMIT_EXCEEDED', 'CONDITION_UNMET']
const triesMax = 30

/** Asks until the door is no longer busy. Null: the event is refused. */
async function attempt(ask: () => Promise<Answer>, { id }: Trace): Promise<Answer | null> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (verdicts.includes(error.code)) return null
      if (error.code !== 'BUSY' || tries === triesMax) throw new Error(`${id} stops: ${sentenceFor(error)}`, { cause: error })
      await new Promise((resolve) => setTimeout(resolve, 1000 * Number(error.details['retryAfterSeconds'] ?? 1)))
    }
  }
}

function sentenceFor({ code, reasons, fields }: Refused): string {
  const why = [...reasons, ...fields].map(({ message }) => message[1]).join('; ')
  const elsewhere = code === 'CASE_STALE' || code === 'IDEMPOTENCY_KEY_REUSED'
  return elsewhere ? `${why} (the log is not the one that was replayed under this name, or others have acted on the case)` : why
}

/** The keys of the events of a case that an earlier run was refused. */
async function refusalsOf(db: Querier, caseId: string): Promise<Set<unknown>> {
  const { rows } = await db.query(
    `select content::jsonb ->> 'requestId' as key from audit_entry
      where case_id = $1 and result = 'REFUSED' and content::jsonb #>> '{reasons,0,code}' = any($2)`,
    [caseId, verdicts],
  )
  return new Set(rows.map(({ key }) => key))
}
async function stateOf(db: Querier, caseId: string): Promise<string> {
  const { rows } = await db.query('select state from service_case where id = $1', [caseId])
  return rows[0].state
}

import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { eventCursor } from '../../src/graphql/event-cursor.js'
import { employeeId } from '../../src/organisation/ids.js'
import { newestPosition } from '../../src/persistence/events.js'
import { pause } from './acts.js'
import type { GraphQLFault, HttpHouse } from './http.js'

/** One event as it arrived. */
export interface Arrived {
  readonly cursor: string
  readonly id: string
  readonly [field: string]: any
}
/** How a subscription came to its end: completed, refused with errors, or its socket closed with a code. */
export type End = 'complete' | { readonly errors: readonly GraphQLFault[] } | { readonly code: number; readonly reason: string }
export interface Subscriber {
  readonly seen: Arrived[]
  readonly end: Promise<End>
  /** Where to go on. */
  readonly cursor: string | undefined
  /** Waits until so many have arrived. */
  count(most: number, ms?: number): Promise<Arrived[]>
  /** Cuts the socket without a word. */
  cut(): void
  /** Says that no more is wanted, and waits for the socket's end. */
  stop(): Promise<void>
}
export const fieldsOf = {
  taskEvents: 'cursor id at kind task { id status state kind case { id number version } }',
  caseEvents: 'cursor id at entry { sequence action actor { login } } case { id state version }',
} as const

/** Waits until everything that was done is published and has been read by the server. */
export async function settled({ house }: Pick<HttpHouse, 'house'>): Promise<void> {
  while ((await house.pool.query('select exists (select from outbox) as waiting')).rows[0].waiting) await pause(10)
  await pause(300)
}
/** A cursor behind everything that was done until now. */
export async function cursorNow({ house }: Pick<HttpHouse, 'house'>, kind: 'task' | 'case' = 'task'): Promise<string> {
  while ((await house.pool.query('select exists (select from outbox) as waiting')).rows[0].waiting) await pause(10)
  return eventCursor(kind, { position: await newestPosition(house.pool), told: 0 })
}

/** What whoever holds these posts must have been told of tasks behind a position, from the tables alone: opened and closed, in the order of the log. */
export async function tasksOffered({ house }: Pick<HttpHouse, 'house'>, login: string, position: number): Promise<unknown[]> {
  const { rows } = await house.pool.query(
    `with mine as (select t.* from task t where exists (select from offered_person o where o.task_id = t.id and o.employee_id = $1))
     select e.id, 'CLOSED' as kind, t.id as task, e.position from event e join mine t on e.stream = 'case:' || t.case_id and e.sequence = t.closed_sequence where e.position > $2
     union all select e.id, 'OPENED', t.id, e.position from event e join mine t on e.stream = 'case:' || t.case_id and e.sequence = t.opened_sequence where e.position > $2
     order by 4, 2, 3`,
    [employeeId(login), position],
  )
  return rows.map(({ id, kind, task }) => [id, kind, task])
}

/** Subscribes over a socket of its own, as a front end does. `token`: another than the person's own. */
export async function subscribe(
  { port, tokens }: Pick<HttpHouse, 'port' | 'tokens'>,
  login: string,
  field: keyof typeof fieldsOf,
  given: { id?: string; after?: string | undefined } = {},
  { token, language, fields = fieldsOf[field] }: { token?: string; language?: string; fields?: string } = {},
): Promise<Subscriber> {
  const authorization = `Bearer ${token ?? (await tokens.issue(employeeId(login))).token}`
  const passed = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`]))
  return subscribeWith(port, `subscription { ${field}${passed.length > 0 ? `(${passed.join(', ')})` : ''} { ${fields} } }`, { authorization, language }, field)
}

/** The same with any query. */
export function subscribeWith(port: number, query: string, connectionParams: object, field = ''): Subscriber {
  const sockets: WebSocket[] = []
  class Noted extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given)
      sockets.push(this)
    }
  }
  const url = `ws://127.0.0.1:${port}/graphql`
  const client = createClient({ url, webSocketImpl: Noted, connectionParams: { ...connectionParams }, retryAttempts: 0, onNonLazyError: () => {} })
  const seen: Arrived[] = []
  const end = new Promise<End>((resolve) => {
    client.subscribe(
      { query },
      {
        next: ({ data, errors }) => (errors ? resolve({ errors: errors as never }) : seen.push(data![field] as Arrived)),
        error: (error: any) =>
          resolve(Array.isArray(error) ? { errors: error } : { code: error?.code ?? 0, reason: String(error?.reason ?? error?.message ?? error) }),
        complete: () => resolve('complete'),
      },
    )
  })
  let over: End | undefined
  end.then((reached) => {
    over = reached
  })
  return {
    seen,
    end,
    get cursor() {
      return seen.at(-1)?.cursor
    },
    async count(most, ms = 20_000) {
      for (const start = Date.now(); seen.length < most; await pause(10))
        if (over || Date.now() - start > ms) throw new Error(`${seen.length} arrived, not ${most}; ${JSON.stringify(over)}`)
      return seen
    },
    cut: () => sockets.forEach((socket) => void socket.terminate()),
    async stop() {
      await client.dispose()
      await end
    },
  }
}

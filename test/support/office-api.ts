import { randomUUID } from 'node:crypto'
import { MikroORM } from '@mikro-orm/postgresql'
import { pino } from 'pino'
import type { AnyProcess } from '../../src/define/index.js'
import { schemaOf } from '../../src/graphql/schema.js'
import { appOf } from '../../src/http/app.js'
import { healthOf } from '../../src/http/probes.js'
import { addDeliveryMetrics } from '../../src/jobs/delivery-metrics.js'
import { feedOf } from '../../src/jobs/event-feed.js'
import { employeeId } from '../../src/organisation/ids.js'
import { signInWith } from '../../src/organisation/sign-in.js'
import { failuresRecorded } from '../../src/organisation/sign-in-record.js'
import { ownTokens } from '../../src/organisation/tokens.js'
import { commandStoreOf } from '../../src/persistence/command-store.js'
import { entities } from '../../src/persistence/entities.js'
import { type House, openHouse } from './house.js'
import { testKeys } from './keys.js'

interface Answer {
  readonly data: any
  readonly code: string | undefined
  readonly fields: readonly string[]
  readonly text: string
}
/** The API over a house that may call addresses on this machine. */
export interface OfficeApi {
  readonly house: House
  readonly logged: string[]
  /** Asks as somebody, or as nobody. */
  ask(login: string | null, query: string, variables?: object): Promise<Answer>
  get(path: string): Promise<{ readonly status: number; readonly text: string }>
  close(): Promise<void>
}

export async function openOfficeApi(also: readonly AnyProcess[] = []): Promise<OfficeApi> {
  const house = await openHouse(also)
  const { pool, door, processes } = house
  const logged: string[] = []
  const tokens = await ownTokens(pool)
  const orm = await MikroORM.init({ clientUrl: house.appUrl, entities, ensureDatabase: false })
  const health = healthOf(async () => null, { unassignable: async () => 0, unpublished: async () => 0 })
  const feed = await feedOf({ pool, report: (error) => void logged.push(String(error)) })
  addDeliveryMetrics(health.metrics, pool)
  const app = await appOf({
    pool,
    door,
    store: commandStoreOf(pool, processes, testKeys),
    keys: testKeys,
    processes,
    tokens,
    signIn: await signInWith(pool, failuresRecorded(commandStoreOf(pool, processes, testKeys), testKeys)),
    schema: schemaOf(processes),
    em: () => orm.em.fork({ disableTransactions: true }),
    logger: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    production: false,
    health,
    feed,
    wordPool: pool,
  })
  return {
    house,
    logged,
    async ask(login, query, variables = {}) {
      const headers = login === null ? {} : { authorization: `Bearer ${(await tokens.issue(employeeId(login))).token}` }
      const given = { idempotencyKey: randomUUID(), ...variables }
      const { body } = await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query, variables: given } })
      const { data, errors } = JSON.parse(body)
      const { code, fields = [] } = errors?.[0]?.extensions ?? {}
      return { data, code, fields: fields.map(({ path }: { path: string }) => path), text: body }
    },
    async get(path) {
      const { statusCode, body } = await app.inject({ method: 'GET', url: path })
      return { status: statusCode, text: body }
    },
    async close() {
      await app.close()
      await feed.stop()
      await orm.close(true)
      await house.close()
    },
  }
}

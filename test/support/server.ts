import { randomUUID } from 'node:crypto'
import request from 'supertest'
import { employeeId } from '../../src/organisation/ids.js'
import type { House } from './house.js'
import { serveHouse } from './http.js'

export type Language = 'zh-CN' | 'en'
export interface GraphqlError {
  readonly message: string
  readonly extensions: {
    readonly code: string
    readonly requestId: string
    readonly reasons?: readonly { readonly code: string; readonly message: string }[]
    readonly fields?: readonly { readonly path: string; readonly code: string; readonly message: string }[]
    readonly [detail: string]: unknown
  }
}
/** What came back. `data` is what the test asked for, so that it knows its shape. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly data: any
  readonly errors: readonly GraphqlError[] | undefined
}
/** One caller: nobody, or somebody signed in. */
export interface Client {
  /** The same server, called by this person. */
  as(login: string): Promise<Client>
  /** The same person, reading another language. */
  in(language: Language): Client
  gql(query: string, variables?: object): Promise<Reply>
}
/** A house that answers over HTTP, on a port of its own. */
export interface TestServer {
  readonly house: House
  readonly client: Client
  /** Where it listens, as `http://127.0.0.1:1234`. */
  readonly url: string
  /** What the server logged as a warning or worse. */
  readonly logged: readonly Record<string, unknown>[]
  close(): Promise<void>
}

/** A server as in production use, with clients that sign in without a password. `env`: as the operator would set it. */
export async function openServer(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const { house, server, tokens, logged, port, close } = await serveHouse(env)
  const clientWith = (headers: Readonly<Record<string, string>>): Client => ({
    as: async (login) => clientWith({ ...headers, authorization: `Bearer ${(await tokens.issue(employeeId(login))).token}` }),
    in: (language) => clientWith({ ...headers, 'accept-language': language }),
    async gql(query, variables = {}) {
      const { status, headers: out, body } = await request(server.app.server).post('/graphql').set(headers).send({ query, variables })
      return { status, headers: out as Record<string, string>, data: body.data, errors: body.errors }
    },
  })
  return {
    house,
    url: `http://127.0.0.1:${port}`,
    get logged() {
      return logged.map((line) => JSON.parse(line))
    },
    client: clientWith({}),
    close,
  }
}

/** One act as the API offers it: asked for by its event, sent as the mutation that `availableActions` names. */
export interface Offer {
  readonly action: string
  readonly allowed: boolean
  readonly reasons: readonly { readonly code: string; readonly message: string }[]
  readonly mutation: string
  readonly formType: string | null
  readonly requiresSeat: boolean
  readonly seats: readonly string[]
}
const offerFields = 'action label allowed reasons { code message } mutation formType requiresSeat seats'

/** A case driven over HTTP as a generic client would: by what `availableActions` says and nothing else. */
export class RemoteCase {
  readonly #clients = new Map<string, Promise<Client>>()
  constructor(
    readonly server: TestServer,
    readonly id: string,
  ) {}
  /** Opens a case and returns it. */
  static async open(server: TestServer, login: string, mutation: string, formType: string, form: object): Promise<RemoteCase> {
    const client = await server.client.as(login)
    const query = `mutation ($form: ${formType}!, $key: String!) { ${mutation}(form: $form, idempotencyKey: $key) { id } }`
    const { data, errors } = await client.gql(query, { form, key: randomUUID() })
    if (errors) throw new Error(JSON.stringify(errors))
    return new RemoteCase(server, data[mutation].id)
  }
  as(login: string): Promise<Client> {
    const known = this.#clients.get(login) ?? this.server.client.as(login)
    this.#clients.set(login, known)
    return known
  }
  /** Reads fields of the case as this person. Throws when the answer has errors. */
  async read(login: string, fields: string, language: Language = 'en'): Promise<any> {
    const { data, errors } = await (await this.as(login)).in(language).gql(`query ($id: ID!) { case(id: $id) { ${fields} } }`, { id: this.id })
    if (errors) throw new Error(JSON.stringify(errors))
    return data.case
  }
  async offers(login: string): Promise<readonly Offer[]> {
    return (await this.read(login, `availableActions { ${offerFields} }`)).availableActions
  }
  /** What this person is told about each act of the present state: `true`, the open seats by name, or the codes against it. */
  async told(login: string): Promise<Record<string, true | readonly string[]>> {
    const offers = await this.offers(login)
    return Object.fromEntries(
      offers.map(({ action, allowed, reasons, requiresSeat, seats }) => [
        action,
        allowed ? (requiresSeat ? [...seats].sort() : true) : [...new Set(reasons.map(({ code }) => code))],
      ]),
    )
  }
  /** Sends an act with the version just read, and returns the state that it leads to. Throws when it is refused. */
  async act(login: string, action: string, form?: object, seat?: string): Promise<string> {
    const reply = await this.send(login, action, form, seat)
    if (reply.errors) throw new Error(`${action} by ${login}: ${JSON.stringify(reply.errors)}`)
    return Object.values(reply.data as Record<string, { state: string }>)[0]!.state
  }
  /** Sends an act that is refused, and returns the distinct codes of all reasons. Throws when it is done. */
  async refused(login: string, action: string, form?: object, seat?: string): Promise<readonly string[]> {
    const { errors } = await this.send(login, action, form, seat)
    if (!errors) throw new Error(`${action} by ${login} was not refused`)
    return [...new Set(errors.flatMap(({ extensions }) => extensions.reasons?.map(({ code }) => code) ?? [extensions.code]))]
  }
  async send(login: string, action: string, form?: object, seat?: string): Promise<Reply> {
    const { version, availableActions } = await this.read(login, `version availableActions { ${offerFields} }`)
    const offer: Offer | undefined = availableActions.find((one: Offer) => one.action === action)
    if (!offer) throw new Error(`${action} is no act of the present state`)
    const given = form !== undefined
    const declared = `$id: ID!, $version: Int, $key: String!${given ? `, $form: ${offer.formType}!` : ''}`
    const passed = `caseId: $id, expectedVersion: $version, idempotencyKey: $key${given ? ', form: $form' : ''}${seat ? `, seat: ${seat}` : ''}`
    return (await this.as(login)).gql(`mutation (${declared}) { ${offer.mutation}(${passed}) { state } }`, {
      id: this.id,
      version,
      key: randomUUID(),
      ...(given && { form }),
    })
  }
}

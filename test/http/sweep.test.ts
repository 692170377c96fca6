import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  buildClientSchema,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { customerId, departmentId, employeeId } from '../../src/organisation/ids.js'
import { mealApplicant, mealForm, today } from '../support/cases.js'
import { type Ask, codeOf, type HttpAnswer, type HttpHouse, leaks, serveHouse } from '../support/http.js'

/** Wrong values for anything; what fits a type by chance is right there, and then the answer must say so. */
const payloads: readonly (readonly [kind: string, value: unknown])[] = [
  ['absent', undefined],
  ['null', null],
  ['true', true],
  ['zero', 0],
  ['below zero', -1],
  ['a fraction', 1.5],
  ['beyond 32 bits', 2 ** 31],
  ['beyond a double', 1e308],
  ['no text', ''],
  ['a blank', ' '],
  ['NUL', 'a\u0000b'],
  ['a lone surrogate', 'a\ud83d'],
  ['control characters', 'a\u0007\u001b[31m'],
  ['bidi', '\u202eabc\u2066'],
  ['5,000 characters', '文'.repeat(5_000)],
  ['NaN', 'NaN'],
  ['Infinity', '-Infinity'],
  ['an exponent', '1e5'],
  ['three decimals', '1.234'],
  ['less than nothing', '-1'],
  ['30 digits', '9'.repeat(30)],
  ['30 February', '2026-02-30'],
  ['an instant beyond the calendar', '+275760-09-13T00:00:00.001Z'],
  ['an instant before it', '-271821-04-20T00:00:00Z'],
  ['the year 0', '0000-01-01T00:00:00Z'],
  ['an unknown id', '00000000-0000-4000-8000-000000000000'],
  ['a malformed id', '00000000-0000-4000-8000-00000000000g'],
  ['quotes', "' or ''='"],
  ['a template', '{{7*7}}<%= 7*7 %>'],
  ['a path', '../../etc/passwd'],
  ['an object', {}],
  ['a polluted object', JSON.parse('{"__proto__x": {"a": 1}, "toString": 1}')],
  ['an empty list', []],
  ['a list of nulls', [null]],
  ['lists in lists', [[[[]]]]],
  ['many', Array.from({ length: 300 }, () => 'x')],
]

interface Place {
  readonly operation: 'query' | 'mutation'
  readonly field: string
  readonly args: readonly GraphQLArgument[]
  readonly path: readonly string[]
  readonly selection: string
}
const argumentsOf = (schema: GraphQLSchema): Place[] =>
  (['query', 'mutation'] as const).flatMap((operation) => {
    const type = operation === 'query' ? schema.getQueryType()! : schema.getMutationType()!
    return Object.values(type.getFields()).flatMap(({ name, args, type: result }) => {
      const selection = isCompositeType(getNamedType(result)) ? '{ __typename }' : ''
      return args.flatMap((arg) => placesIn(arg.type, [arg.name]).map((path): Place => ({ operation, field: name, args, path, selection })))
    })
  })
/** The argument itself and every field within it. */
function placesIn(type: GraphQLInputType, path: readonly string[]): string[][] {
  const named = getNamedType(type)
  const within =
    isInputObjectType(named) && path.length < 4 ? Object.values(named.getFields()).flatMap((field) => placesIn(field.type, [...path, field.name])) : []
  return [[...path], ...within]
}

/** A value that the type takes; required fields only. References lead somewhere by their name. */
function sample(type: GraphQLInputType, name: string): unknown {
  const inner = getNullableType(type)
  if (isListType(inner)) return [sample(inner.ofType, name)]
  if (isEnumType(inner)) return inner.getValues()[0]!.name
  if (isInputObjectType(inner))
    return Object.fromEntries(
      Object.values(inner.getFields())
        .filter((field) => isNonNullType(field.type))
        .map((field) => [field.name, sample(field.type, field.name)]),
    )
  switch (String(inner)) {
    case 'Int':
    case 'SafeInt':
      return 1
    case 'Boolean':
      return true
    case 'Money':
    case 'Decimal':
      return '1'
    case 'LocalDate':
      return today
    case 'LocalTime':
      return '10:00:00'
    case 'DateTime':
      return `${today}T10:00:00+08:00`
    case 'ID':
      return /customer/i.test(name)
        ? customerId('C0001')
        : /department/i.test(name)
          ? departmentId('CS')
          : name === 'caseId'
            ? caseId
            : employeeId(mealApplicant)
    default:
      return name === 'idempotencyKey' ? randomUUID() : /phone/i.test(name) ? '13800000000' : 'x'
  }
}
function requestWith({ operation, field, args, path, selection }: Place, value: unknown): { query: string; variables: Record<string, unknown> } {
  const variables: Record<string, unknown> = {}
  for (const { name, type } of args)
    if (isNonNullType(type) || name === path[0]) variables[name] = path.length > 1 || name !== path[0] ? sample(type, name) : value
  if (path.length > 1) put(variables, path, value)
  const declared = args.filter(({ name }) => name in variables)
  const query = `${operation} (${declared.map(({ name, type }) => `$${name}: ${type}`).join(', ')}) { ${field}(${declared.map(({ name }) => `${name}: $${name}`).join(', ')}) ${selection} }`
  return { query, variables }
}
function put(into: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at: any = into
  for (const step of path.slice(0, -1)) {
    at[step] ??= {}
    at = at[step]
    if (!Array.isArray(at)) continue
    at[0] ??= {}
    at = at[0]
  }
  at[path.at(-1)!] = value
}

const full = process.env['SWEEP'] === 'full'
/** Which part of the places is tried, and with what: `SWEEP_SEED` repeats a run. */
const seed = Number(process.env['SWEEP_SEED'] ?? Date.now() % 1000)
/** Every act takes the same arguments beside its forms, and forms have fields of few kinds: in the normal run a part of them stands for all, another by another seed. */
const common = ['caseId', 'expectedVersion', 'idempotencyKey', 'expectedDigest', 'onBehalfOf']
const isWorthIt = ({ operation, path }: Place, index: number): boolean =>
  full || (path.length > 1 ? (index + seed) % 20 === 0 : operation === 'query' || !common.includes(path[0]!) || (index + seed) % 30 === 0)

let http: HttpHouse
let caseId: string
let callers: Ask[]
beforeAll(async () => {
  http = await serveHouse()
  caseId = (await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())).id
  callers = await Promise.all(
    [mealApplicant, 'complaint-specialist-1', 'development-supervisor-1', 'cs-manager-1', 'organisation-administrator-1', 'info-specialist-1'].map((login) =>
      http.as(login),
    ),
  )
}, 60_000)
afterAll(() => http.close())

/** Openings are tried by those who may, so that the forms are looked at. */
const openers: readonly (readonly [RegExp, number])[] = [
  [/^(customerMeal|giftGiving|expense).*Open$/, 0],
  [/^complaint.*Open$/, 1],
  [/^customerDevelopmentOpen$/, 2],
  [/^(grant|revoke|set|publish)/, 4],
  [/^customerAccount.*Open$/, 5],
]
const callerOf = (field: string, index: number): Ask => callers[openers.find(([name]) => name.test(field))?.[1] ?? index % callers.length]!

const stored = async () =>
  (
    await http.house.owner.query(
      `select (select count(*)::int from audit_entry where result = 'DONE') as done, (select count(*)::int from idempotency) as keys, (select count(*)::int from service_case) as cases`,
    )
  ).rows[0]
/** What no request of the sweep may touch at all. */
const untouched = ['department', 'credential', 'customer', 'contact', 'signing_key']
const digest = async () => (await http.digest()).split('\n').filter((line) => untouched.some((table) => line.startsWith(`${table} `)))

/** Queries get an eighth of the payloads; of the many arguments of mutations each gets one in turn, so that every kind meets every type often. `SWEEP=full`: all of them. */
const turnsOf = ({ operation, path }: Place): number => {
  if (path.length > 1) return full ? 10 : 1
  return full ? payloads.length : operation === 'query' ? Math.ceil(payloads.length / 8) : 1
}

test(
  'every argument of every operation takes wrong values without an accident',
  async () => {
    const places = argumentsOf(buildClientSchema((await callers[0]!(getIntrospectionQuery())).json!.data))
    const tried = places
      .filter(isWorthIt)
      .flatMap((place, index) => Array.from({ length: turnsOf(place) }, (_, turn) => [place, payloads[(index * 7 + turn + seed) % payloads.length]!] as const))
    const [before, digestBefore] = [await stored(), await digest()]
    const [faults, codes] = [[] as string[], new Map<string, number>()]
    const times: number[] = []
    let [done, wishes, next] = [0, 0, 0]
    const started = performance.now()
    const work = async () => {
      for (let index = next++; index < tried.length; index = next++) {
        const [place, [kind, value]] = tried[index]!
        const { query, variables } = requestWith(place, value)
        const answer = await callerOf(place.field, index)(query, variables)
        const code = codeOf(answer) ?? 'none'
        codes.set(code, (codes.get(code) ?? 0) + 1)
        times.push(answer.ms)
        if (place.operation === 'mutation' && place.field !== 'decideMany' && code === 'none') done++
        // How one wants to be told is in no history.
        if (place.field === 'setNoticePreferences' && code === 'none') wishes++
        const wrong = accident(answer)
        if (wrong) faults.push(`${place.field} ${place.path.join('.')} = ${kind}: ${wrong}`)
      }
    }
    await Promise.all(Array.from({ length: 4 }, work))
    const [slowest, slow] = [Math.max(...times), times.filter((ms) => ms > 1_000).length]
    process.stdout.write(
      `from seed ${seed}: ${tried.length} requests on ${places.length} places in ${Math.round(performance.now() - started)} ms, slowest ${Math.round(slowest)} ms ${JSON.stringify(Object.fromEntries(codes))}\n`,
    )
    expect(faults).toEqual([])
    // One in a thousand may meet a busy machine.
    expect(slow).toBeLessThanOrEqual(Math.max(1, tried.length / 1_000))
    expect(http.logged).toEqual([])
    expect(http.house.reported).toEqual([])
    expect((await http.send({ method: 'GET', path: '/livez' })).status).toBe(200)
    const after = await stored()
    expect({ done: after.done - before.done, keys: after.keys - before.keys }).toEqual({ done: done - wishes, keys: done })
    expect(await digest()).toEqual(digestBefore)
  },
  full ? 600_000 : 120_000,
)

function accident({ status, text, json }: HttpAnswer): string | null {
  if (status >= 500) return `${status} ${text.slice(0, 200)}`
  if (!json) return `no JSON: ${text.slice(0, 200)}`
  if (text.includes('INTERNAL_SERVER_ERROR')) return text.slice(0, 300)
  // The words of the caller may come back; those of the database, the runtime or the file system may not.
  const told = (json.errors ?? []).map(({ message }) => message.replaceAll(/'[^']*'|"[^"]*"/g, '')).join(' ')
  return leaks.test(told) ? `leaks: ${told.slice(0, 200)}` : null
}

import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { root } from '../../src/config.js'
import {
  type AnyProcess,
  arrowsOf,
  type Condition,
  grantable,
  isCountersign,
  type Role,
  roleIds,
  roleOfRule,
  rolesHeld,
  rulesOf,
} from '../../src/define/index.js'
import { demonstration } from '../../src/organisation/demonstration.js'
import { employeeId } from '../../src/organisation/ids.js'

const charts = { large: demonstration('large'), sme: demonstration('sme') }
const kinds = ['large', 'sme'] as const
type Kind = (typeof kinds)[number]

/** Posts that only the small chart has (roles.md a.4). */
const smeOnly: readonly Role[] = ['RECEPTION_SPECIALIST', 'PROPOSAL_SPECIALIST', 'KEY_ACCOUNT_SERVICE_TEAM', 'AFTER_SALES_RESEARCH_SPECIALIST']

const holders = (kind: Kind, role: Role) => charts[kind].people.filter(({ roles }) => rolesHeld(roles).includes(role)).map(({ login }) => login)
const rolesOf = (kind: Kind, login: string) => charts[kind].people.find((person) => person.login === login)?.roles ?? []
const repeated = <T>(values: readonly T[]) => values.filter((value, index) => values.indexOf(value) !== index)

/** Every definition that stands in the build, by its file: no list that could miss one. */
const definitions: readonly AnyProcess[] = await Promise.all(
  readdirSync(path.join(root, 'dist', 'workflows'), { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'process.js')
    .map(async (file) => (await import(pathToFileURL(path.join(root, 'dist', 'workflows', file)).href)).default),
)
const authorities = (definition: AnyProcess) => [definition.startedBy, ...arrowsOf(definition).map(({ by }) => by)]
const rolesNamed = (definition: AnyProcess) =>
  authorities(definition)
    .flatMap(rulesOf)
    .filter(({ kind }) => kind === 'role' || kind === 'department')
    .map(roleOfRule)
const limitsAsked = (condition: Condition): readonly Role[] =>
  condition.kind === 'limit'
    ? [condition.role]
    : condition.kind === 'not'
      ? limitsAsked(condition.condition)
      : condition.kind === 'all' || condition.kind === 'either'
        ? condition.conditions.flatMap(limitsAsked)
        : []
const conditionsOf = (definition: AnyProcess): readonly Condition[] =>
  [
    ...arrowsOf(definition).map(({ guard }) => guard),
    ...Object.values(definition.states).flatMap((step) => (isCountersign(step) ? Object.values(step.seats ?? {}).map((seat) => seat.when) : [])),
  ].filter((condition) => condition !== undefined)

describe.each(kinds)('the demonstration organisation: %s', (kind) => {
  const { departments, people, customers, limits } = charts[kind]

  test('every reference resolves and no key is given twice', () => {
    const codes = departments.map(({ code }) => code)
    const ofPeople = (['login', 'number', 'name'] as const).map((key) => people.map((person) => person[key]))
    for (const keys of [...ofPeople, codes, customers.map(({ code }) => code)]) expect(repeated(keys)).toEqual([])
    expect(people.flatMap(({ department }) => department ?? []).filter((code) => !codes.includes(code))).toEqual([])
    expect(departments.flatMap(({ parent }) => parent ?? []).filter((code) => !codes.includes(code))).toEqual([])
    expect(codes.filter((code) => !people.some(({ department }) => department === code))).toEqual([])
  })

  test('only grantable roles are given, each once', () => {
    for (const { roles } of people) expect([repeated(roles), roles.filter((role) => !grantable(role))]).toEqual([[], []])
  })

  test('every role that a process names is held by somebody', () => {
    expect(definitions.length).toBeGreaterThan(0)
    const unheld = definitions.flatMap(rolesNamed).filter((role) => holders(kind, role).length === 0)
    expect([...new Set(unheld)]).toEqual([])
  })

  test('every limit stands for a role that the process asks about, once; a limit that is not set escalates', () => {
    const asked = definitions.flatMap((definition) =>
      conditionsOf(definition)
        .flatMap(limitsAsked)
        .map((role) => `${definition.id} ${role}`),
    )
    const given = limits.map(({ process, role }) => `${process} ${role}`)
    expect(given.filter((one) => !asked.includes(one))).toEqual([])
    expect(repeated(given)).toEqual([])
  })

  test.each(['AUDITOR', 'ORGANISATION_ADMINISTRATOR'] as const)('%s stands alone', (role) => {
    expect(holders(kind, role)).toHaveLength(1)
    expect(rolesOf(kind, holders(kind, role)[0]!)).toEqual([role])
  })

  test('the payment run is a service without roles', () => {
    expect(people.filter((person) => person.kind === 'SERVICE')).toEqual([expect.objectContaining({ login: 'payment-run', roles: [] })])
  })

  test('return visits are made by two who handle no complaints', () => {
    expect(holders(kind, 'SERVICE_CENTER')).toHaveLength(2)
    expect(holders(kind, 'SERVICE_CENTER').filter((login) => holders(kind, 'COMPLAINT_SPECIALIST').includes(login))).toEqual([])
  })

  test('every department outside customer service can apply as a related department', () => {
    // The company level, the auditor and the administrator stay out of it.
    const others = departments.map(({ code }) => code).filter((code) => !/^CS(-|$)|^(COMPANY|AUDIT|HR)$/.test(code))
    const able = people.filter(({ roles }) => roles.includes('RELATED_DEPT')).map(({ department }) => department)
    expect(others.filter((code) => !able.includes(code))).toEqual([])
  })

  test('forty customers, five of them prospects, each with one to three contacts', () => {
    expect(customers).toHaveLength(40)
    expect(customers.filter(({ status }) => status === 'PROSPECT')).toHaveLength(5)
    const contacts = customers.flatMap((customer) => customer.contacts)
    expect(customers.filter((customer) => customer.contacts.length < 1 || customer.contacts.length > 3)).toEqual([])
    expect(repeated(contacts.map(({ phone }) => phone))).toEqual([])
    expect(contacts.filter(({ name, post, phone, email }) => !name || !post || !/^1390000\d{4}$/.test(phone) || !email.endsWith('@example.com'))).toEqual([])
  })
})

describe('the large enterprise', () => {
  test('every grantable role has a holder, but for the posts of the small chart', () => {
    expect(roleIds.filter((role) => grantable(role) && holders('large', role).length === 0)).toEqual(smeOnly)
  })
  test('some hold two roles that must be kept apart', () => {
    expect(rolesOf('large', 'finance-3')).toEqual(['FINANCE', 'QUALITY'])
    expect(rolesOf('large', 'cs-manager-2')).toContain('RELATED_DEPT')
    expect(rolesOf('large', 'info-supervisor-2')).toContain('INFO_SPECIALIST')
  })
})

describe('the small enterprise', () => {
  test.each([
    ['CS_DIRECTOR', 'GENERAL_MANAGER'],
    ['COMPLAINT_SUPERVISOR', 'AFTER_SALES_SUPERVISOR'],
    ['INFO_SUPERVISOR', 'RELATIONS_SUPERVISOR'],
    ['SURVEY_SUPERVISOR', 'RELATIONS_SUPERVISOR'],
    ['DEVELOPMENT_SUPERVISOR', 'KEY_ACCOUNT_SUPERVISOR'],
    ['SURVEY_SPECIALIST', 'AFTER_SALES_RESEARCH_SPECIALIST'],
    ['DEVELOPMENT_SPECIALIST', 'KEY_ACCOUNT_SERVICE_TEAM'],
    ['KEY_ACCOUNT_SPECIALIST', 'KEY_ACCOUNT_SERVICE_TEAM'],
    ['RELATIONS_SPECIALIST', 'RECEPTION_SPECIALIST'],
    ['AFTER_SALES_SPECIALIST', 'AFTER_SALES_RESEARCH_SPECIALIST'],
    ['CALL_CENTER_SUPERVISOR', 'COMPLAINT_SPECIALIST'],
    ['CALL_CENTER_TEAM_LEADER', 'COMPLAINT_SPECIALIST'],
    ['CALL_CENTER_AGENT', 'AFTER_SALES_RESEARCH_SPECIALIST'],
  ] as const)('%s is held by %s and by nobody else', (missing, substitute) => {
    expect(holders('sme', missing)).not.toEqual([])
    expect(holders('sme', missing).filter((login) => !holders('sme', substitute).includes(login))).toEqual([])
  })
  test('every grantable role has a holder', () => {
    expect(roleIds.filter((role) => grantable(role) && holders('sme', role).length === 0)).toEqual([])
  })
})

test('ids are fixed, and of version 5', () => {
  expect(employeeId('cs-manager-1')).toBe(employeeId('cs-manager-1'))
  expect(employeeId('cs-manager-1')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(demonstration('large')).toEqual(demonstration('large'))
})

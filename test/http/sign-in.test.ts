import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { importJWK, type JWTPayload, SignJWT } from 'jose'
import { employeeId } from '../../src/organisation/ids.js'
import { externalTokens } from '../../src/organisation/tokens.js'
import { mealApplicant, mealForm } from '../support/cases.js'
import { codeOf, type HttpAnswer, type HttpHouse, serveHouse } from '../support/http.js'

let http: HttpHouse
beforeAll(async () => {
  http = await serveHouse()
}, 60_000)
afterAll(() => http.close())

const signIn = (login: string, password: string, to = http): Promise<HttpAnswer> =>
  to.withToken()('mutation ($l: String!, $p: String!) { signIn(login: $l, password: $p) { token expiresAt viewer { login } } }', { l: login, p: password })
const whoIs = async (token: string, to = http): Promise<string> => {
  const answer = await to.withToken(token)('{ viewer { login } }')
  return answer.json!.data?.viewer?.login ?? codeOf(answer)
}
const words = (answer: HttpAnswer) => [answer.status, answer.json!.errors!.map(({ message, extensions: { requestId: _, ...rest } }) => ({ message, ...rest }))]

describe('signing in', () => {
  test('the right password gives a token of twelve hours that works', async () => {
    const { token, expiresAt, viewer } = (await signIn('cs-manager-1', 'countersign')).json!.data.signIn
    expect(viewer.login).toBe('cs-manager-1')
    expect((Date.parse(expiresAt) - Date.now()) / 3_600_000).toBeCloseTo(12, 1)
    expect(await whoIs(token)).toBe('cs-manager-1')
  })
  test('a wrong password and an unknown login get the same words', async () => {
    const wrong = await signIn('cs-manager-1', 'wrong')
    expect(codeOf(wrong)).toBe('CREDENTIALS_INVALID')
    expect(words(await signIn('nobody-at-all', 'countersign'))).toEqual(words(wrong))
    expect(words(await signIn("cs-manager-1' --", 'countersign'))).toEqual(words(wrong))
  })
  test('after ten failures the account waits, whatever the password; another account does not', async () => {
    const codes: (string | undefined)[] = []
    for (let turn = 0; turn < 10; turn++) codes.push(codeOf(await signIn('finance-1', `wrong ${turn}`)))
    expect(codes).toEqual(Array.from({ length: 10 }, () => 'CREDENTIALS_INVALID'))
    const barred = await signIn('finance-1', 'countersign')
    expect([barred.status, codeOf(barred)]).toEqual([429, 'RATE_LIMITED'])
    const wait = Number(barred.headers['retry-after'])
    expect(wait).toBeGreaterThan(800)
    expect(wait).toBeLessThanOrEqual(900)
    expect(barred.json!.errors![0]!.extensions.retryAfterSeconds).toBe(wait)
    expect(codeOf(await signIn('FINANCE-1', 'countersign'))).toBe('RATE_LIMITED')
    expect((await signIn('finance-2', 'countersign')).json!.data.signIn.viewer.login).toBe('finance-2')
  })
  test('ten failures at once count as ten', async () => {
    const codes = (await Promise.all(Array.from({ length: 14 }, () => signIn('finance-3', 'wrong')))).map(codeOf)
    expect(codes.filter((code) => code === 'CREDENTIALS_INVALID').length).toBeLessThanOrEqual(10)
    expect(codeOf(await signIn('finance-3', 'countersign'))).toBe('RATE_LIMITED')
  })
  test('nobody may do nothing but sign in', async () => {
    for (const query of [
      '{ viewer { id } }',
      '{ processes { id } }',
      '{ process(id: "x") { id } }',
      '{ cases { totalCount } }',
      '{ inbox { totalCount } }',
      '{ tasks { totalCount } }',
      '{ auditTrail { totalCount } }',
      '{ customers { totalCount } }',
      '{ employees { totalCount } }',
      '{ departments { id } }',
      '{ node(id: "x") { __typename } }',
      '{ case(id: "x") { id } }',
      '{ caseByNumber(number: "x") { id } }',
      '{ customer(id: "x") { id } }',
    ]) {
      expect([query, codeOf(await http.withToken()(query))]).toEqual([query, 'UNAUTHENTICATED'])
    }
  })
  test('the time for an unknown login is that for a wrong password', async () => {
    await signIn('warm-up-1', 'wrong')
    const times = { known: [] as number[], unknown: [] as number[] }
    for (let turn = 0; turn < 9; turn++) {
      times.known.push((await signIn('production-1', 'wrong')).ms)
      times.unknown.push((await signIn(`unknown-${randomUUID()}`, 'wrong')).ms)
    }
    // The quickest of nine: what a busy machine adds falls away.
    const ratio = Math.min(...times.known) / Math.min(...times.unknown)
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })
})

describe('failed sign-ins are on record', () => {
  const recorded = async (since: number) =>
    (
      await http.house.pool.query(
        `select sequence, actor_id as actor, result, reason_codes as codes, content::jsonb #>> '{details,cause}' as cause, aside, content from audit_entry
          where stream = 'sign-in' and sequence > $1 order by sequence`,
        [since],
      )
    ).rows
  const soFar = async () => (await recorded(0)).at(-1)?.sequence ?? 0

  test('whose login it was, why it failed and from where; what is nobody’s login only as a keyed digest', async () => {
    const since = await soFar()
    await http.house.owner.query('update employee set active = false where id = $1', [employeeId('sales-rep-2')])
    await http.house.owner.query('delete from credential where employee_id = $1', [employeeId('care-specialist-3')])
    for (const [login, password] of [
      ['cs-manager-2', 'wrong'],
      ['sales-rep-2', 'countersign'],
      ['care-specialist-3', 'countersign'],
      ['My-Secret-Pass', 'countersign'],
      ['my-secret-pass', 'countersign'],
      ['another', 'countersign'],
    ] as const)
      expect(codeOf(await signIn(login, password))).toBe('CREDENTIALS_INVALID')
    expect((await signIn('cs-manager-2', 'countersign')).json!.data.signIn.viewer.login).toBe('cs-manager-2')
    const rows = await recorded(since)
    expect(rows.map(({ actor, result, codes, cause }) => [actor, result, codes, cause])).toEqual([
      [employeeId('cs-manager-2'), 'REFUSED', ['CREDENTIALS_INVALID'], 'WRONG_PASSWORD'],
      [employeeId('sales-rep-2'), 'REFUSED', ['CREDENTIALS_INVALID'], 'INACTIVE'],
      [employeeId('care-specialist-3'), 'REFUSED', ['CREDENTIALS_INVALID'], 'NO_PASSWORD'],
      ...Array.from({ length: 3 }, () => [null, 'REFUSED', ['CREDENTIALS_INVALID'], 'UNKNOWN_LOGIN']),
    ])
    expect(rows.map(({ aside }) => aside.address)).toEqual(rows.map(() => '127.0.0.1'))
    const digests = rows.map(({ aside }) => aside.loginDigest)
    expect(digests.slice(0, 3)).toEqual([undefined, undefined, undefined])
    expect(digests[3]).toMatch(/^[0-9a-f]{32}$/)
    expect(digests[4]).toBe(digests[3])
    expect(digests[5]).not.toBe(digests[3])
    expect(JSON.stringify(rows)).not.toMatch(/secret-pass/i)
  })

  test('of a flood from one address against one login eleven entries are kept', async () => {
    const since = await soFar()
    for (let turn = 0; turn < 10; turn++) await signIn('deputy-manager-1', 'wrong')
    expect((await Promise.all(Array.from({ length: 8 }, () => signIn('deputy-manager-1', 'countersign')))).map(codeOf)).toEqual(
      Array.from({ length: 8 }, () => 'RATE_LIMITED'),
    )
    expect((await recorded(since)).map(({ actor, cause }) => [actor, cause])).toEqual([
      ...Array.from({ length: 10 }, () => [employeeId('deputy-manager-1'), 'WRONG_PASSWORD']),
      [employeeId('deputy-manager-1'), 'TOO_MANY'],
    ])
  })

  test('only the auditor reads them', async () => {
    const trail = async (login: string) => {
      const { token } = await http.tokens.issue(employeeId(login))
      const answer = await http.withToken(token)(
        `{ auditTrail(first: 1, filter: { actions: ["SIGN_IN_FAILED"] }) { totalCount edges { node { actionLabel actor { login } details { name value } reasons { code } } } } }`,
      )
      return answer.json!.data.auditTrail
    }
    expect((await trail('cs-manager-1')).totalCount).toBe(0)
    const { totalCount, edges } = await trail('auditor-1')
    expect(totalCount).toBe(await soFar())
    expect(edges[0].node).toEqual({
      actionLabel: '登录失败',
      actor: { login: 'deputy-manager-1' },
      details: [
        { name: 'cause', value: 'TOO_MANY' },
        { name: 'address', value: '127.0.0.1' },
      ],
      reasons: [{ code: 'RATE_LIMITED' }],
    })
  })
})

describe('what is taken away is gone', () => {
  test('a deactivated employee is nobody from the next request on, and cannot sign in', async () => {
    const { token } = await http.tokens.issue(employeeId('sales-rep-1'))
    expect(await whoIs(token)).toBe('sales-rep-1')
    await http.house.owner.query('update employee set active = false where id = $1', [employeeId('sales-rep-1')])
    expect(await whoIs(token)).toBe('UNAUTHENTICATED')
    expect(codeOf(await signIn('sales-rep-1', 'countersign'))).toBe('CREDENTIALS_INVALID')
    await http.house.owner.query('update employee set active = true where id = $1', [employeeId('sales-rep-1')])
    expect(await whoIs(token)).toBe('sales-rep-1')
  })
  test('a revoked role ends with the next act', async () => {
    const ask = await http.as('relations-specialist-2')
    const meal = await http.house.open(mealApplicant, 'customer-meal-hospitality', mealForm())
    await meal.act(mealApplicant, 'SUBMIT')
    const forward = () =>
      ask(
        'mutation ($id: ID!, $k: String!, $form: HospitalityArrangementInput!) { customerMealHospitalityForward(caseId: $id, idempotencyKey: $k, form: $form) { state } }',
        { id: meal.id, k: randomUUID(), form: { arranger: employeeId('relations-specialist-1') } },
      )
    const inbox = async () => (await ask('{ inbox { totalCount } }')).json!.data.inbox.totalCount
    expect(await inbox()).toBe(1)
    await http.house.owner.query('update role_assignment set valid_to = now() where employee_id = $1', [employeeId('relations-specialist-2')])
    expect(codeOf(await forward())).toBe('NOT_FOUND')
    expect(await inbox()).toBe(0)
    expect(await meal.state()).toBe('submitted')
    await http.house.owner.query('update role_assignment set valid_to = null where employee_id = $1', [employeeId('relations-specialist-2')])
    expect((await forward()).json!.data.customerMealHospitalityForward.state).toBe('managerReview')
  })
})

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = (extra: object = {}) => ({
  sub: employeeId('general-manager-1'),
  iss: 'countersign',
  aud: 'countersign-api',
  jti: randomUUID(),
  iat: Math.floor(Date.now() / 1000),
  exp: Math.floor(Date.now() / 1000) + 3_600,
  ...extra,
})
const without = (name: string) => Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name))

describe('tokens that are not ours', () => {
  let ours: (payload: JWTPayload, header?: object) => Promise<string>
  let publicJwk: Record<string, string>
  beforeAll(async () => {
    const { rows } = await http.house.owner.query('select id, private_jwk from signing_key')
    const { d: _d, ...open } = JSON.parse(rows[0].private_jwk)
    publicJwk = open
    const key = await importJWK(JSON.parse(rows[0].private_jwk), 'EdDSA')
    ours = (payload, header = {}) => new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: rows[0].id, ...header }).sign(key)
  })
  test('a token signed with our key is good, so that the forgeries below differ in one thing only', async () => {
    expect(await whoIs(await ours(claims()))).toBe('general-manager-1')
  })
  const foreign = generateKeyPairSync('ed25519')
  const foreignJwk = foreign.publicKey.export({ format: 'jwk' })
  const signedBy = (key: KeyObject, header: object, payload: object) =>
    new SignJWT(payload as JWTPayload).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(key)
  const hs256 = (secret: string, header: object = {}) => {
    const signed = `${part({ alg: 'HS256', typ: 'JWT', ...header })}.${part(claims())}`
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }
  const now = () => Math.floor(Date.now() / 1000)
  const attacks: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['alg none', () => `${part({ alg: 'none' })}.${part(claims())}.`],
    ['alg None with our signature', async () => `${part({ alg: 'None' })}.${(await ours(claims())).split('.').slice(1).join('.')}`],
    ['no signature', async () => `${(await ours(claims())).split('.').slice(0, 2).join('.')}.`],
    ['HS256 with the public key', () => hs256(publicJwk['x']!)],
    ['HS256 with the public JWK', () => hs256(JSON.stringify(publicJwk))],
    ['HS256 with nothing', () => hs256('')],
    [
      'a swapped payload',
      async () => {
        const [head, , signature] = (await ours(claims())).split('.')
        return `${head}.${part(claims({ sub: employeeId('cs-director-1') }))}.${signature}`
      },
    ],
    [
      'a swapped header',
      async () => {
        const [, body, signature] = (await ours(claims())).split('.')
        return `${part({ alg: 'EdDSA', kid: 'other' })}.${body}.${signature}`
      },
    ],
    ['expired', () => ours(claims({ exp: now() - 1 }))],
    ['not yet valid', () => ours(claims({ nbf: now() + 600 }))],
    ['issued too long ago', () => ours(claims({ iat: now() - 13 * 3_600 }))],
    ['issued in the future', () => ours(claims({ iat: now() + 3_600 }))],
    ['no iat', () => ours(without('iat'))],
    ['another audience', () => ours(claims({ aud: 'other-api' }))],
    ['another issuer', () => ours(claims({ iss: 'https://evil.example' }))],
    ['no exp', () => ours(without('exp'))],
    ['no sub', () => ours(without('sub'))],
    ['no jti', () => ours(without('jti'))],
    ['no aud', () => ours(without('aud'))],
    ['no iss', () => ours(without('iss'))],
    ['an embedded jwk', () => signedBy(foreign.privateKey, { jwk: foreignJwk }, claims())],
    ['a key by address', () => signedBy(foreign.privateKey, { jku: 'http://127.0.0.1:1/jwks.json' }, claims())],
    ['a kid that climbs', () => signedBy(foreign.privateKey, { kid: '../../../dev/null' }, claims())],
    ['a kid with SQL', () => signedBy(foreign.privateKey, { kid: "first' or 1=1 --" }, claims())],
    [
      'a crit header',
      async () => {
        const [, body] = (await ours(claims())).split('.')
        return `${part({ alg: 'EdDSA', crit: ['x'], x: 1 })}.${body}.AAAA`
      },
    ],
    ['the same employee, another key', () => signedBy(foreign.privateKey, { kid: 'first' }, claims())],
    ['our key, unknown employee', () => ours(claims({ sub: '00000000-0000-4000-8000-000000000000' }))],
    ['our key, a login for an id', () => ours(claims({ sub: 'general-manager-1' }))],
    ['our key, a subject that is SQL', () => ours(claims({ sub: "' or 1=1 --" }))],
    ['our key, a subject with NUL', () => ours(claims({ sub: 'a\u0000b' }))],
    ['garbage', () => 'garbage'],
    ['three dots', () => '...'],
    ['10 KB of dots', () => 'a.'.repeat(5_000)],
    ['a token and more', async () => `${await ours(claims())} x`],
  ]
  test.each(attacks)('%s is nobody', async (_name, make) => {
    const token = await make()
    expect(await whoIs(token)).toBe('UNAUTHENTICATED')
  })
  test.each([
    ['no scheme', (token: string) => token],
    ['Basic', (token: string) => `Basic ${token}`],
    ['two schemes', (token: string) => `Bearer Bearer ${token}`],
    ['nothing', () => 'Bearer '],
  ])('%s is nobody', async (_name, header) => {
    const answer = await http.withToken()('{ viewer { login } }', {}, { authorization: header(await ours(claims())) })
    expect(codeOf(answer)).toBe('UNAUTHENTICATED')
  })
  test('none of it was reported as a fault', () => expect(http.logged).toEqual([]))
})

describe('an external issuer', () => {
  const [issuer, audience] = ['https://login.example', 'countersign']
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const other = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  let jwks: HttpServer
  let external: HttpHouse
  let jwksUrl: string
  beforeAll(async () => {
    const keys = JSON.stringify({ keys: [{ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] })
    jwks = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(keys))
    await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve))
    jwksUrl = `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/jwks.json`
    external = await serveHouse({ TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, TOKEN_JWKS_URL: jwksUrl, TOKEN_LOGIN_CLAIM: 'preferred_username' })
  }, 60_000)
  afterAll(async () => {
    await external.close()
    await new Promise((resolve) => jwks.close(resolve))
  })
  const token = (extra: JWTPayload = {}, { alg = 'RS256', kid = 'k1', key = rsa.privateKey as KeyObject | Uint8Array } = {}) => {
    const payload = { preferred_username: 'cs-manager-1', sub: 'u-77', iss: issuer, aud: audience, exp: Math.floor(Date.now() / 1000) + 600, ...extra }
    return new SignJWT(JSON.parse(JSON.stringify(payload))).setProtectedHeader({ alg, kid }).sign(key)
  }
  test('the login in the named claim is who asks', async () => expect(await whoIs(await token(), external)).toBe('cs-manager-1'))
  test.each([
    ['another issuer', () => token({ iss: 'https://other.example' })],
    ['another audience', () => token({ aud: 'other' })],
    ['expired', () => token({ exp: Math.floor(Date.now() / 1000) - 60 })],
    ['no exp', () => token({ exp: undefined } as never)],
    ['no login', () => token({ preferred_username: undefined })],
    ['a login that is a list', () => token({ preferred_username: ['cs-manager-1'] })],
    ['a login that is an object', () => token({ preferred_username: { a: 1 } })],
    ['an empty login', () => token({ preferred_username: '' })],
    ['a login with NUL', () => token({ preferred_username: 'cs-manager-1\u0000' })],
    ['an unknown login', () => token({ preferred_username: 'nobody' })],
    ['the login in sub', () => token({ preferred_username: undefined, sub: 'cs-manager-1' })],
    ['another key under the same kid', () => token({}, { key: other.privateKey })],
    ['an unknown kid', () => token({}, { kid: 'k2' })],
    ['RS512', () => token({}, { alg: 'RS512' })],
    [
      'HS256 with the public key',
      () => token({}, { alg: 'HS256', key: new TextEncoder().encode(rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string) }),
    ],
    ['a token of our own', async () => (await external.tokens.issue(employeeId('cs-manager-1'))).token],
  ])('%s is nobody', async (_name, make) => expect(await whoIs(await make(), external)).toBe('UNAUTHENTICATED'))
  test('a password gives no token here, and that is a refusal, not a fault', async () => {
    const answer = await signIn('cs-manager-1', 'countersign', external)
    expect([answer.status, codeOf(answer)]).toEqual([200, 'ACTION_UNAVAILABLE'])
    expect(external.logged).toEqual([])
  })
  test('issue refuses as well', async () => {
    const tokens = externalTokens({ url: issuer, audience, jwksUrl, loginClaim: 'sub' })
    await expect(tokens.issue(employeeId('cs-manager-1'))).rejects.toThrow()
  })
})

import { randomUUID } from 'node:crypto'
import { createRemoteJWKSet, errors, exportJWK, generateKeyPair, importJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Config } from '../config.js'
import { reason } from '../define/index.js'
import { Refused, refuse } from '../engine/refused.js'
import type { Querier } from '../persistence/pool.js'

/** Who a valid token stands for: by our own id, or by login when an external issuer signed it. */
export type Subject = { readonly employeeId: string } | { readonly login: string }
export interface Tokens {
  /** A signed token for an employee. Throws `ACTION_UNAVAILABLE` when an external issuer does the signing. */
  issue(employeeId: string): Promise<{ token: string; expiresAt: Date }>
  /** Null: expired, forged, for somebody else, or not a token at all. */
  verify(token: string): Promise<Subject | null>
}

const own = { issuer: 'countersign', audience: 'countersign-api', algorithm: 'EdDSA', hours: 12 } as const
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Our own key, made once and kept in the database, so that every server of it accepts every other's tokens. */
export async function ownTokens(db: Querier): Promise<Tokens> {
  const { id, privateJwk } = await signingKey(db)
  const { d: _secret, ...publicJwk } = privateJwk
  const [privateKey, publicKey] = await Promise.all([importJWK(privateJwk, own.algorithm), importJWK(publicJwk, own.algorithm)])
  return {
    async issue(employeeId) {
      const expiresAt = new Date(Date.now() + own.hours * 3_600_000)
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: own.algorithm, kid: id })
        .setSubject(employeeId)
        .setIssuer(own.issuer)
        .setAudience(own.audience)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(privateKey)
      return { token, expiresAt }
    },
    verify: (token) =>
      subjectOf(
        jwtVerify(token, publicKey, {
          algorithms: [own.algorithm],
          issuer: own.issuer,
          audience: own.audience,
          maxTokenAge: `${own.hours}h`,
          requiredClaims: ['exp', 'sub', 'jti'],
        }),
        ({ sub }) => (uuid.test(sub!) ? { employeeId: sub! } : null),
      ),
  }
}

/** Tokens of an external issuer, checked against its published keys; the login is the claim that the operator names. */
export function externalTokens({ url, audience, jwksUrl, loginClaim }: NonNullable<Config['issuer']>): Tokens {
  const keys = createRemoteJWKSet(new URL(jwksUrl))
  return {
    issue: () => Promise.reject(new Refused([reason('ACTION_UNAVAILABLE', ['请通过统一身份平台登录', 'sign in with the identity provider'])])),
    verify: (token) =>
      subjectOf(
        jwtVerify(token, keys, { algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'], issuer: url, audience, requiredClaims: ['exp', loginClaim] }),
        (claims) => {
          const login = claims[loginClaim]
          return typeof login === 'string' && login.isWellFormed() && !login.includes('\u0000') ? { login } : null
        },
      ),
  }
}

/** Whatever is wrong with a token, the answer is the same: nobody. Keys that cannot be reached are no verdict on the token. Throws `BUSY`. */
const subjectOf = (verified: Promise<{ payload: JWTPayload }>, read: (claims: JWTPayload) => Subject | null): Promise<Subject | null> =>
  verified.then(
    ({ payload }) => read(payload),
    (error: unknown) => {
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) return null
      throw refuse('BUSY', { details: { retryAfterSeconds: 1 } })
    },
  )

async function signingKey(db: Querier): Promise<{ id: string; privateJwk: Record<string, string> }> {
  const made = await generateKeyPair(own.algorithm, { extractable: true })
  // Of several servers that start at once, the first one's key stands.
  await db.query(`insert into signing_key (id, private_jwk) select $1, $2 where not exists (select from signing_key) on conflict do nothing`, [
    'first',
    JSON.stringify(await exportJWK(made.privateKey)),
  ])
  const { rows } = await db.query('select id, private_jwk from signing_key order by created_at limit 1')
  return { id: rows[0].id, privateJwk: JSON.parse(rows[0].private_jwk) }
}

import type { Actor } from '../define/index.js'
import { systemAccount } from '../engine/system-account.js'
import type { Services } from '../graphql/context.js'
import { actorsOf } from '../persistence/actors.js'

/**
 * The employee behind a bearer token, as of now: a deactivated one is nobody from the next request on.
 * Null without a token, or with one that stands for nobody: then only signing in is open.
 */
export async function viewerFrom(
  { tokens, pool }: Pick<Services, 'tokens' | 'pool'>,
  authorization: string | undefined,
): Promise<Omit<Actor, 'limits'> | null> {
  if (!authorization) return null
  const token = tokenOf(authorization)
  const subject = token ? await tokens.verify(token) : null
  if (!subject) return null
  const id = 'employeeId' in subject ? subject.employeeId : (await pool.query('select id from employee where login = $1', [subject.login])).rows[0]?.id
  // Whatever an issuer says: nobody signs in as the system itself.
  return (id && id !== systemAccount.employeeId && (await actorsOf(pool, [id])).get(id)) || null
}

/** The token of a bearer; empty: there is none. */
export const tokenOf = (authorization: string): string => /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1] ?? ''

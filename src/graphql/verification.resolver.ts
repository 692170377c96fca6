import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql'
import { refuse } from '../engine/refused.js'
import { findRuns, runsAt } from '../persistence/queries/verification-queries.js'
import { type Connection, connect } from './connection.js'
import { type RequestContext, viewerOf } from './context.js'
import { VerificationConnection, VerificationType } from './verification.type.js'

/** Whether somebody looks after the history, for the auditor. */
@Resolver()
export class VerificationResolver {
  @Query(() => VerificationConnection, { description: '历史核验，新的在前，仅限审计员 / Runs of the verifier, newest first; for the auditor' })
  async verifications(
    @Ctx() context: RequestContext,
    @Arg('first', () => Int, { nullable: true, description: '1–100，默认 20 / 1 to 100, 20 unless told' }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ): Promise<Connection<VerificationType>> {
    if (!viewerOf(context).roles.includes('AUDITOR')) throw refuse('NOT_AUTHORISED')
    return connect(
      await findRuns(context.pool, { first, after }),
      (ids) => runsAt(context.pool, ids),
      (run) => new VerificationType(run),
    )
  }
}

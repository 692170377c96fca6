import { GraphQLSafeInt } from 'graphql-scalars'
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql'
import { verifierKeysOf } from '../audit/note.js'
import { refuse } from '../engine/refused.js'
import { checkpointsAt, findCheckpoints, newestCheckpoint } from '../persistence/checkpoints.js'
import { consistencyBetween, logSize } from '../persistence/merkle-log.js'
import { type Connection, connect } from './connection.js'
import type { RequestContext } from './context.js'
import { auditorsOnly, CheckpointConnection, CheckpointType, ConsistencyProofType, HistoryLogType } from './log.type.js'

/** The log of the history, for auditors: with it and the notes that stand outside the database they prove entries by themselves. */
@Resolver()
export class LogResolver {
  @Query(() => HistoryLogType, { description: '历史日志，仅限审计员 / The log of the history; for auditors' })
  async historyLog(@Ctx() context: RequestContext): Promise<HistoryLogType> {
    auditorsOnly(context)
    const { origin, log } = context.keys
    // In this order: the log is never shorter than its checkpoint.
    const newest = await newestCheckpoint(context.pool)
    const size = await logSize(context.pool)
    return { origin, size, verifierKeys: verifierKeysOf({ origin, log }), checkpoint: newest && new CheckpointType(newest) }
  }
  @Query(() => CheckpointConnection, { description: '检查点，新的在前，仅限审计员 / Checkpoints, newest first; for auditors' })
  async checkpoints(
    @Ctx() context: RequestContext,
    @Arg('first', () => Int, { nullable: true, description: '1–100，默认 20 / 1 to 100, 20 unless told' }) first?: number,
    @Arg('after', () => String, { nullable: true }) after?: string,
  ): Promise<Connection<CheckpointType>> {
    auditorsOnly(context)
    const page = await findCheckpoints(context.pool, { first, after })
    return connect(
      page,
      (sizes) => checkpointsAt(context.pool, sizes),
      (row) => new CheckpointType(row),
    )
  }
  @Query(() => ConsistencyProofType, {
    description: '从较早大小到较晚大小的一致性证明，仅限审计员 / That the log of `from` entries is the beginning of that of `to`; for auditors',
  })
  async consistencyProof(
    @Ctx() context: RequestContext,
    @Arg('from', () => GraphQLSafeInt) from: number,
    @Arg('to', () => GraphQLSafeInt) to: number,
  ): Promise<ConsistencyProofType> {
    auditorsOnly(context)
    const size = await logSize(context.pool)
    if (to < 1 || to > size) throw outOfRange('to', size)
    if (from < 1 || from > to) throw outOfRange('from', to)
    return new ConsistencyProofType(from, to, await consistencyBetween(context.pool, from, to))
  }
}

const outOfRange = (path: string, most: number) =>
  refuse('INPUT_INVALID', { fields: [{ path, code: 'OUT_OF_RANGE', message: [`须为 1–${most}`, `1 to ${most}`] }] })

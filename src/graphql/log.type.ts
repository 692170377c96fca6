import { GraphQLSafeInt } from 'graphql-scalars'
import { Field, ObjectType } from 'type-graphql'
import { reason } from '../define/index.js'
import { Refused } from '../engine/refused.js'
import type { StoredCheckpoint } from '../persistence/checkpoints.js'
import type { Inclusion } from '../persistence/merkle-log.js'
import { connectionType } from './connection.js'
import { type RequestContext, viewerOf } from './context.js'
import { DateTime } from './scalars.js'

/** What only auditors may read. Throws `NOT_AUTHORISED`. */
export function auditorsOnly(context: RequestContext): void {
  if (!viewerOf(context).roles.includes('AUDITOR')) throw new Refused([reason('NOT_AUTHORISED')])
}

const base64 = (hash: Buffer): string => hash.toString('base64')
const hashesWords = 'SHA-256，base64，自下而上（RFC 6962 第 2.1 节） / base64, from the bottom up, as in RFC 6962, section 2.1'
const noteWords = '签名笔记（C2SP signed-note） / The signed note'

@ObjectType('Checkpoint', { description: '历史日志的检查点 / A signed statement of how far the log of the history had come, and its root then' })
export class CheckpointType {
  readonly #row: StoredCheckpoint
  constructor(row: StoredCheckpoint) {
    this.#row = row
  }
  @Field(() => GraphQLSafeInt, { description: '覆盖的记录数 / How many entries it covers' }) get size(): number {
    return this.#row.size
  }
  @Field(() => String, { description: 'SHA-256, base64' }) get root(): string {
    return base64(this.#row.root)
  }
  @Field(() => DateTime, { description: '生成时间（数据库时钟） / By the clock of the database' }) get madeAt(): Date {
    return this.#row.madeAt
  }
  @Field(() => String, { description: noteWords }) get note(): string {
    return this.#row.note
  }
}
export const CheckpointConnection = connectionType('Checkpoint', () => CheckpointType)

@ObjectType('HistoryLog', { description: '历史日志：全部记录的默克尔树 / All entries of the history as one Merkle tree (RFC 6962)' })
export class HistoryLogType {
  @Field(() => String, { description: '日志名称 / The name under which its checkpoints are signed' }) origin!: string
  @Field(() => GraphQLSafeInt, { description: '记录数 / How many entries it has' }) size!: number
  @Field(() => [String], { description: '验签公钥（C2SP） / The keys that verify its checkpoints, retired ones too' }) verifierKeys!: string[]
  @Field(() => CheckpointType, { nullable: true, description: '最新检查点 / The newest' }) checkpoint!: CheckpointType | null
}

@ObjectType('InclusionProof', {
  description:
    '记录在日志中的证明 / That an entry is in the log: its leaf is SHA-256 of a zero byte and the text "id hash"; with the hashes it leads to the root in the note',
})
export class InclusionProofType {
  readonly #inclusion: Inclusion
  constructor(inclusion: Inclusion) {
    this.#inclusion = inclusion
  }
  @Field(() => GraphQLSafeInt, { description: '位置，从 0 起 / Its place in the log, from 0' }) get leafIndex(): number {
    return this.#inclusion.index
  }
  @Field(() => GraphQLSafeInt, { description: '检查点覆盖的记录数 / How many entries the checkpoint covers' }) get size(): number {
    return this.#inclusion.size
  }
  @Field(() => String, { description: 'SHA-256, base64' }) get root(): string {
    return base64(this.#inclusion.root)
  }
  @Field(() => [String], { description: hashesWords }) get hashes(): string[] {
    return this.#inclusion.proof.map(base64)
  }
  @Field(() => String, { description: noteWords }) get note(): string {
    return this.#inclusion.note
  }
}

@ObjectType('ConsistencyProof', { description: '日志只增不改的证明 / That the shorter log is the beginning of the longer one' })
export class ConsistencyProofType {
  readonly #proof: { readonly oldRoot: Buffer; readonly root: Buffer; readonly proof: readonly Buffer[] }
  constructor(
    readonly oldSize: number,
    readonly newSize: number,
    proof: { readonly oldRoot: Buffer; readonly root: Buffer; readonly proof: readonly Buffer[] },
  ) {
    this.#proof = proof
  }
  @Field(() => GraphQLSafeInt) get from(): number {
    return this.oldSize
  }
  @Field(() => GraphQLSafeInt) get to(): number {
    return this.newSize
  }
  @Field(() => String, { description: 'SHA-256, base64' }) get fromRoot(): string {
    return base64(this.#proof.oldRoot)
  }
  @Field(() => String, { description: 'SHA-256, base64' }) get toRoot(): string {
    return base64(this.#proof.root)
  }
  @Field(() => [String], { description: hashesWords }) get hashes(): string[] {
    return this.#proof.proof.map(base64)
  }
}

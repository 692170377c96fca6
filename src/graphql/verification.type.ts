import { Field, ID, Int, ObjectType } from 'type-graphql'
import type { RecordedRun } from '../persistence/queries/verification-queries.js'
import { connectionType } from './connection.js'
import { DateTime } from './scalars.js'

@ObjectType('Verification', { description: '历史核验记录 / One run of the verifier, as the history tells of it' })
export class VerificationType {
  constructor(readonly run: RecordedRun) {}
  @Field(() => ID) get id(): string {
    return this.run.id
  }
  @Field(() => String, { description: 'full：全部 / everything；incremental：新增部分 / what was new' }) get mode(): string {
    return this.run.mode
  }
  @Field(() => DateTime) get startedAt(): Date {
    return new Date(this.run.startedAt)
  }
  @Field(() => Int, { description: '读取的记录数 / How many entries were read' }) get entries(): number {
    return this.run.entries
  }
  @Field(() => Int, { description: '日志的长度 / How many entries the log had' }) get size(): number {
    return this.run.size
  }
  @Field(() => String, { description: '日志的根（SHA-256） / The root of the log then (SHA-256)' }) get root(): string {
    return this.run.root
  }
  @Field(() => Int, { description: '发现的问题数 / How many things were wrong' }) get findings(): number {
    return this.run.findings
  }
  @Field(() => Boolean, { description: '没有问题 / Nothing was wrong' }) get clean(): boolean {
    return this.run.findings === 0
  }
}
export const VerificationConnection = connectionType('Verification', () => VerificationType)

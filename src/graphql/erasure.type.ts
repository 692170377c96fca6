import { Ctx, Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import type { Role } from '../define/index.js'
import { reasonOf } from '../engine/erasure.js'
import type { Obstacle } from '../engine/erasure-store.js'
import type { ErasureRow, HoldRow } from '../persistence/queries/erasure-queries.js'
import { CaseType } from './case.type.js'
import { connectionType } from './connection.js'
import { type RequestContext, read } from './context.js'
import { CustomerType, customerOf, EmployeeType, employeeOf } from './people.type.js'
import { DateTime } from './scalars.js'

/** Who reads of holds and erasures, besides whoever decides on them. */
const readers: readonly Role[] = ['AUDITOR', 'INFO_SUPERVISOR', 'CS_MANAGER']
export const mayReadErasures = ({ viewer }: RequestContext): boolean => readers.some((role) => viewer?.roles.includes(role))

const caseOf = async ({ loaders }: RequestContext, id: string): Promise<CaseType | null> => {
  const row = await loaders.case.load(id)
  return row && CaseType.of(row)
}

export enum ErasureStatus {
  DEFERRED = 'DEFERRED',
  DONE = 'DONE',
}
registerEnumType(ErasureStatus, { name: 'ErasureStatus', description: '等待执行 / 已执行' })

@ObjectType('ErasureObstacle', { description: '删除须等待的事项 / What an erasure waits for' })
export class ErasureObstacleType {
  constructor(readonly obstacle: Obstacle) {}
  @Field(() => String) get code(): string {
    return reasonOf(this.obstacle).code
  }
  @Field(() => String, { description: '须先办理的事项 / What must happen first' }) message(@Ctx() context: RequestContext): string {
    return read(context, reasonOf(this.obstacle).message)
  }
  @Field(() => String) get caseNumber(): string {
    return this.obstacle.caseNumber
  }
  @Field(() => CaseType, { nullable: true, description: '若您有权查看 / If you may see it' }) case(@Ctx() context: RequestContext): Promise<CaseType | null> {
    return caseOf(context, this.obstacle.caseId)
  }
}

@ObjectType('Erasure', { description: '个人信息删除 / The personal values of a customer are erased, at once or when nothing stands in the way any more' })
export class ErasureType {
  constructor(readonly row: ErasureRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => CustomerType) customer(@Ctx() { loaders }: RequestContext): Promise<CustomerType | null> {
    return customerOf(loaders, this.row.customerId)
  }
  @Field(() => ErasureStatus) get status(): string {
    return this.row.status
  }
  @Field(() => String) get reason(): string {
    return this.row.reason
  }
  @Field(() => EmployeeType, { description: '申请人；恢复备份后重做的为系统账号 / After a restore: the account of the system' })
  requestedBy(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.requestedById)
  }
  @Field(() => DateTime) get requestedAt(): Date {
    return this.row.requestedAt
  }
  @Field(() => DateTime, { nullable: true }) get doneAt(): Date | null {
    return this.row.doneAt
  }
  @Field(() => [ErasureObstacleType], { description: '等待的事项，至多 100 项；执行后为空 / What it waits for now, at most 100; empty once it is done' })
  async blockedBy(@Ctx() { loaders }: RequestContext): Promise<ErasureObstacleType[]> {
    if (this.row.status === 'DONE') return []
    return (await loaders.obstacles.load(this.row.customerId)).map((obstacle) => new ErasureObstacleType(obstacle))
  }
}
export const ErasureConnection = connectionType('Erasure', () => ErasureType)

@ObjectType('LegalHold', { description: '法律保留：保留期间不得删除个人信息 / While it stands nothing of the case is erased' })
export class LegalHoldType {
  constructor(readonly row: HoldRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => CaseType, { nullable: true, description: '若您有权查看 / If you may see it' }) case(@Ctx() context: RequestContext): Promise<CaseType | null> {
    return caseOf(context, this.row.caseId)
  }
  @Field(() => String) get reason(): string {
    return this.row.reason
  }
  @Field(() => EmployeeType) placedBy(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.placedById)
  }
  @Field(() => DateTime) get placedAt(): Date {
    return this.row.placedAt
  }
  @Field(() => EmployeeType, { nullable: true }) liftedBy(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.liftedById)
  }
  @Field(() => DateTime, { nullable: true }) get liftedAt(): Date | null {
    return this.row.liftedAt
  }
}

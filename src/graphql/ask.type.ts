import { Ctx, Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import type { AskRow } from '../persistence/entities.js'
import type { RequestContext } from './context.js'
import { EmployeeType, employeeOf } from './people.type.js'
import { DateTime } from './scalars.js'

export enum AskKind {
  OPINION = 'OPINION',
  SIGN_BEFORE = 'SIGN_BEFORE',
  SIGN_AFTER = 'SIGN_AFTER',
  ANSWER = 'ANSWER',
}
registerEnumType(AskKind, { name: 'AskKind', description: '委派征询意见、前加签、后加签、补充信息' })
export enum AskStatus {
  WAITING = 'WAITING',
  OPEN = 'OPEN',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  ANSWERED = 'ANSWERED',
  WITHDRAWN = 'WITHDRAWN',
}
registerEnumType(AskStatus, { name: 'AskStatus', description: '等待、进行中、同意、不同意、已答复、已撤回' })

@ObjectType('Ask', { description: '征询 / Somebody is asked before or after a decision: an opinion, a signature, information' })
export class AskType {
  constructor(readonly row: AskRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => AskKind) get kind(): string {
    return this.row.kind
  }
  @Field(() => AskStatus) get status(): string {
    return this.row.status
  }
  @Field(() => EmployeeType, { nullable: true }) by(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.byId)
  }
  @Field(() => EmployeeType, { nullable: true }) to(@Ctx() { loaders }: RequestContext): Promise<EmployeeType | null> {
    return employeeOf(loaders, this.row.toId)
  }
  @Field(() => String) get question(): string {
    return this.row.question
  }
  @Field(() => String, { nullable: true }) get answer(): string | null {
    return this.row.answer ?? null
  }
  @Field(() => DateTime) get askedAt(): Date {
    return this.row.askedAt
  }
  @Field(() => DateTime, { nullable: true }) get answeredAt(): Date | null {
    return this.row.answeredAt ?? null
  }
}
